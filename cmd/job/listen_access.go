package job

import (
	"context"
	"fmt"
	"math"
	"net/netip"
	"slices"

	"gnc/netio/access"
	"gnc/netio/address"
	"gnc/netio/outfile"
	"gnc/netio/sock"
)

// Access are the clients that may connect, as data.
type Access struct {
	Allow, Deny           []access.Spec
	AllowFiles, DenyFiles []string
}

// readFiles adds what the files hold.
func (j *Access) readFiles() error {
	for _, list := range []struct {
		files []string
		specs *[]access.Spec
	}{{j.AllowFiles, &j.Allow}, {j.DenyFiles, &j.Deny}} {
		for _, name := range list.files {
			text, err := outfile.ReadWhole(name, math.MaxInt64)
			if err != nil {
				return outfile.Failed("open", name, err)
			}
			specs, err := access.ParseFile(string(text))
			if err != nil {
				return &UsageError{Text: fmt.Sprintf("%s: %v", name, err)}
			}
			*list.specs = append(*list.specs, specs...)
		}
	}
	return nil
}

// families are those of the clients that can come in at addrs, or at the sockets that a service
// manager has passed.
func (j *Listen) families(addrs []netip.AddrPort) sock.Families {
	var in sock.Families
	for _, s := range j.Inherited {
		in = in.And(s.Families())
	}
	for _, a := range addrs {
		in = in.And(sock.FamiliesAt(a.Addr(), j.dualStack()))
	}
	return in
}

// mayBlock reports whether settle may.
func (j *Access) mayBlock() bool {
	named := func(s access.Spec) bool { return s.Name != "" }
	return len(j.AllowFiles)+len(j.DenyFiles) > 0 || slices.ContainsFunc(j.Allow, named) || slices.ContainsFunc(j.Deny, named)
}

// warnOfOtherFamily warns that the other family is let in, if one is denied wholly.
func (l *listening) warnOfOtherFamily() {
	if denied, other, one := l.access.OneFamily(); one && l.families.IP4 && l.families.IP6 {
		l.say(0, "%s is denied, but clients of the other family are still let in; --deny %s keeps out those", denied, other)
	}
}

// settle decides which clients of the families of a listener may connect. Names are looked up all
// at a time. All addresses of a name count: its machine may come from any of them. A name that has
// none, or may have more than those found, is an error: chance must not decide which client is let
// in.
func (j Access) settle(ctx context.Context, in sock.Families, numeric bool) (rules access.List, err error) {
	if len(j.Allow)+len(j.AllowFiles) > 0 {
		rules.Restrict() // a file may be empty
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type answer struct {
		add   func(access.Spec)
		addrs []netip.Addr
		err   error
	}
	answers, names := make(chan answer), 0
	for _, list := range []struct {
		specs []access.Spec
		add   func(access.Spec)
	}{{j.Allow, rules.Allow}, {j.Deny, rules.Deny}} {
		for _, spec := range list.specs {
			if spec.Name == "" {
				list.add(spec)
				continue
			}
			names++
			go func() {
				q := query{Target: address.Target{Host: spec.Name, Port: "0"}, network: "ip", numeric: numeric}
				addrs, err := q.everyAddress(ctx, everyLine(), in)
				select {
				case answers <- answer{list.add, addrs, err}:
				case <-ctx.Done():
				}
			}()
		}
	}
	for range names {
		a := <-answers
		if a.err != nil {
			return rules, a.err
		}
		for _, addr := range a.addrs {
			a.add(access.Address(addr))
		}
	}
	return rules, nil
}

// admit reports whether a client may connect, and says why one may not.
func (l *listening) admit(from netip.AddrPort) bool {
	ok, reason := l.access.Admits(from.Addr())
	if !ok {
		l.say(1, "refused %s: %s", from, reason)
		l.event("refused", "remote", from.String(), "reason", reason)
	}
	return ok
}
