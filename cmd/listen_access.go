package cmd

import (
	"fmt"
	"math"
	"net/netip"

	"gnc/cmd/startup"
	"gnc/netio"
)

// accessJob is who may connect, as data.
type accessJob struct {
	Allow, Deny           []netio.AccessSpec
	AllowFiles, DenyFiles []string
}

// readFiles adds what the files hold.
func (j *accessJob) readFiles() error {
	for _, list := range []struct {
		files []string
		specs *[]netio.AccessSpec
	}{{j.AllowFiles, &j.Allow}, {j.DenyFiles, &j.Deny}} {
		for _, name := range list.files {
			text, err := netio.ReadWhole(name, math.MaxInt64)
			if err != nil {
				return netio.FileFailed("open", name, err)
			}
			specs, err := netio.ParseAccessFile(string(text))
			if err != nil {
				return &usageError{text: fmt.Sprintf("%s: %v", name, err)}
			}
			*list.specs = append(*list.specs, specs...)
		}
	}
	return nil
}

// withAccess reads the files of the access lists, then calls next. A file may take its time, as a
// named pipe does.
func (l *listening) withAccess(next func()) {
	l.lists = l.job.Access // a copy: the job stays what was asked for
	if len(l.lists.AllowFiles)+len(l.lists.DenyFiles) == 0 {
		next()
		return
	}
	lists := l.lists
	go func() {
		err := lists.readFiles()
		l.loop.Post(func() {
			if err != nil {
				l.end(err)
				return
			}
			l.lists = lists
			next()
		})
	}()
}

// settleAccess looks up the names in the access lists of a listener on addrs, then calls next.
func (l *listening) settleAccess(addrs []netip.AddrPort, next func()) {
	if len(l.lists.Allow)+len(l.lists.AllowFiles) > 0 {
		l.access.Restrict() // a file may be empty
	}
	in := l.families(addrs)
	waiting := 1 // names; and this function
	settled := func() {
		if waiting--; waiting == 0 {
			l.warnOfOtherFamily(in)
			next()
		}
	}
	for _, list := range []struct {
		specs []netio.AccessSpec
		add   func(netio.AccessSpec)
	}{{l.lists.Allow, l.access.Allow}, {l.lists.Deny, l.access.Deny}} {
		for _, spec := range list.specs {
			if spec.Name == "" {
				list.add(spec)
				continue
			}
			waiting++
			l.lookUpAccess(spec.Name, in, list.add, settled)
		}
	}
	settled()
}

// families are those of the clients that can come in at addrs, or at the sockets that a service
// manager has passed.
func (l *listening) families(addrs []netip.AddrPort) netio.Families {
	var in netio.Families
	for _, s := range l.job.Inherited {
		in = in.And(s.Families())
	}
	for _, a := range addrs {
		in = in.And(netio.FamiliesAt(a.Addr(), l.dualStack()))
	}
	return in
}

// warnOfOtherFamily warns that the other family is let in, if one is denied wholly.
func (l *listening) warnOfOtherFamily(in netio.Families) {
	if denied, other, one := l.access.OneFamily(); one && in.IP4 && in.IP6 {
		l.say(0, "%s is denied, but clients of the other family are still let in; --deny %s keeps out those", denied, other)
	}
}

// lookUpAccess adds all addresses of a name: its machine may come from any of them. A name that has
// none, or may have more than those found, ends the task: chance must not decide who is let in.
func (l *listening) lookUpAccess(name string, in netio.Families, add func(netio.AccessSpec), settled func()) {
	q := query{Target: netio.Target{Host: name, Port: "0"}, network: "ip", numeric: l.job.Numeric}
	startup.AllProcessors() // a name server's answer is not to wait for the loop
	go func() {
		addrs, err := q.everyAddress(l.ctx, everyLine(), in)
		l.loop.Post(func() {
			if err != nil {
				l.end(err)
				return
			}
			for _, addr := range addrs {
				add(netio.AccessAddr(addr))
			}
			settled()
		})
	}()
}

// admit tells of who is refused.
func (l *listening) admit(from netip.AddrPort) bool {
	ok, reason := l.access.Admits(from.Addr())
	if !ok {
		l.say(1, "refused %s: %s", from, reason)
		l.event("refused", "remote", from.String(), "reason", reason)
	}
	return ok
}
