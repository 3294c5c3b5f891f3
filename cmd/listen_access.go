package cmd

import (
	"fmt"
	"math"
	"net/netip"

	"gnc/netio"
)

// accessFlags say who may connect.
type accessFlags struct {
	Allow     []string `placeholder:"SPEC" help:"Serve these only: addresses, ranges (ADDRESS/BITS) or names, separated by commas. May be repeated."`
	Deny      []string `placeholder:"SPEC" help:"Refuse these, allowed or not. Who is refused is reset before a byte is read."`
	Allowfile []string `sep:"none" placeholder:"FILE" help:"As --allow, one a line; # begins a comment."`
	Denyfile  []string `sep:"none" placeholder:"FILE" help:"As --deny, one a line; # begins a comment."`
}

// accessJob is who may connect, as data.
type accessJob struct {
	Allow, Deny           []netio.AccessSpec
	AllowFiles, DenyFiles []string
}

func (f *accessFlags) access(k kind) (accessJob, error) {
	j := accessJob{AllowFiles: f.Allowfile, DenyFiles: f.Denyfile}
	if k.isUnix() && len(f.Allow)+len(f.Deny)+len(f.Allowfile)+len(f.Denyfile) > 0 {
		return j, fmt.Errorf("clients of a Unix socket have no addresses to allow or deny; set the mode of its directory")
	}
	for _, list := range []struct {
		flag  string
		words []string
		specs *[]netio.AccessSpec
	}{{"--allow", f.Allow, &j.Allow}, {"--deny", f.Deny, &j.Deny}} {
		for _, word := range list.words {
			spec, err := netio.ParseAccessSpec(word)
			if err != nil {
				return j, fmt.Errorf("%s: %w", list.flag, err)
			}
			*list.specs = append(*list.specs, spec)
		}
	}
	return j, nil
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
				return netio.LocalError("open", name, err)
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

// withAccess settles who may connect, files read and names looked up, then goes on with next. Files may take their time, as
// a named pipe does.
func (l *listening) withAccess(next func()) {
	j := l.job.Access // a copy: the job stays what was asked for
	if len(j.AllowFiles)+len(j.DenyFiles) == 0 {
		l.settleAccess(j, next)
		return
	}
	go func() {
		err := j.readFiles()
		l.loop.Post(func() {
			if err != nil {
				l.end(err)
				return
			}
			l.settleAccess(j, next)
		})
	}()
}

func (l *listening) settleAccess(j accessJob, next func()) {
	if len(j.Allow)+len(j.AllowFiles) > 0 {
		l.access.Restrict() // a file may be empty
	}
	waiting := 1 // names; and this function
	settled := func() {
		if waiting--; waiting == 0 {
			next()
		}
	}
	for _, list := range []struct {
		specs []netio.AccessSpec
		add   func(netip.Prefix)
	}{{j.Allow, l.access.Allow}, {j.Deny, l.access.Deny}} {
		for _, spec := range list.specs {
			if spec.Name == "" {
				list.add(spec.Prefix)
				continue
			}
			waiting++
			l.lookUpAccess(spec.Name, list.add, settled)
		}
	}
	settled()
}

// lookUpAccess adds the addresses of a name, all of them: who is named may come from any. One that can't be found ends the
// task, for nobody is to be let in, or kept out, by chance.
func (l *listening) lookUpAccess(name string, add func(netip.Prefix), settled func()) {
	found := false
	q := query{Target: netio.Target{Host: name, Port: "0"}, network: "ip", numeric: l.job.Numeric}
	l.lookup(l.ctx, q, func(b netio.Batch, last bool) {
		for _, a := range b.Addrs {
			found = true
			addr := a.Addr().Unmap().WithZone("")
			add(netip.PrefixFrom(addr, addr.BitLen()))
		}
		switch {
		case b.Err != nil && !found:
			l.end(b.Err)
		case last && found:
			settled()
		}
	})
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
