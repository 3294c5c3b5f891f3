package resolve

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// Reverse looks the name of an address up, as getnameinfo(3) does, in the sources of nsswitch.conf.
// Its error is an *Error: EAINoName if the address has no name, EAIAgain if a name server could not
// answer. It ends with ctx.
func (r *Resolver) Reverse(ctx context.Context, addr netip.Addr) (string, error) {
	r = r.within(ctx)
	l := r.newLookup(ctx, Hints{})
	modules, ok := r.nssDatabase("hosts", "files", "dns")
	if !ok {
		return "", &Error{Code: EAINoName}
	}
	for _, m := range modules {
		name, verdict := l.nameFrom(m.name, addr.WithZone(""))
		if verdict == statusSuccess {
			return name, nil
		}
		if m.actions[verdict] == actionReturn || l.over() {
			break
		}
	}
	switch {
	case l.outOfMemory:
		return "", &Error{Code: EAIMemory}
	case l.host == hostTryAgain:
		return "", &Error{Code: EAIAgain}
	}
	return "", &Error{Code: EAINoName}
}

// nameFrom asks one source.
func (l *lookupState) nameFrom(source string, addr netip.Addr) (name string, verdict status) {
	switch source {
	case "files":
		return l.files.name(addr)
	case "dns":
		return l.dns.name(addr)
	case "myhostname":
		if l.r.installed(source) {
			return l.my.name(addr)
		}
	}
	return "", statusUnavail
}

// name gives the name on the first line with the address.
func (s *fileSource) name(addr netip.Addr) (name string, verdict status) {
	family := INET
	if addr.Is6() {
		family = INET6
	}
	verdict = statusNotFound
	ok := s.each(nil, func(h hostLine) bool {
		if a, ok := h.as(family); !ok || a != addr {
			return true
		}
		name, verdict = h.name, statusSuccess
		return false
	})
	if !ok {
		return "", statusUnavail
	}
	if verdict == statusNotFound {
		s.l.host = hostNotFound
	}
	return name, verdict
}

// name gives localhost, the machine's own name, or _gateway.
func (s *myHostname) name(addr netip.Addr) (string, status) {
	family := INET
	if addr.Is6() {
		family = INET6
	}
	has := func(list []InterfaceAddr) bool {
		return slices.ContainsFunc(list, func(a InterfaceAddr) bool {
			return a.Local.WithZone("") == addr
		})
	}
	host := s.l.r.hostname()
	switch {
	case addr == ipv4Loopback(), addr == netip.IPv6Loopback():
		return "localhost", statusSuccess
	case host != "" && (addr == netip.AddrFrom4([4]byte{127, 0, 0, 2}) || has(s.own(family))):
		return host, statusSuccess
	case has(s.gateways(family)):
		return "_gateway", statusSuccess
	}
	s.l.host = hostNotFound
	return "", statusNotFound
}

// name gives the name in the address's PTR record.
func (d *dnsSource) name(addr netip.Addr) (string, status) {
	defer func() {
		if d.x != nil {
			d.x.close()
		}
	}()
	s := searcher{exchanger: d.exchange(), types: [2]rrType{typePTR}}
	o := s.ask(reverseName(addr.Unmap()))
	if !o.found {
		return "", d.verdict(o)
	}
	name, ok := readPointer(o.answers.first)
	if !ok {
		d.l.host = hostNoRecovery
		return "", statusUnavail
	}
	if name == "" {
		d.l.host = hostNotFound
		return "", statusNotFound
	}
	return name, statusSuccess
}

// reverseName is the domain name that owns an address's PTR record (RFC 1035, section 3.5, and RFC
// 3596, section 2.5).
func reverseName(addr netip.Addr) string {
	var b strings.Builder
	for _, c := range slices.Backward(addr.AsSlice()) {
		if addr.Is4() {
			fmt.Fprintf(&b, "%d.", c)
		} else {
			fmt.Fprintf(&b, "%x.%x.", c&15, c>>4)
		}
	}
	if addr.Is4() {
		return b.String() + "in-addr.arpa"
	}
	return b.String() + "ip6.arpa"
}

// readPointer takes the first host name from a reply, "" if it has none. It follows CNAME records
// in the order in which they stand (RFC 2317).
func readPointer(r *reply) (name string, ok bool) {
	if r == nil || !r.readableQuestion {
		return "", false
	}
	expected := r.question
	err := r.message.records(func(rec record) error {
		if name != "" || rec.class != dnsmessage.ClassINET || !rec.owner.same(expected) ||
			rec.rtype != typeCNAME && rec.rtype != typePTR {
			return nil
		}
		target, _, err := unpackName(r.raw, rec.start)
		switch {
		case err != nil:
			return err
		case rec.rtype == typeCNAME:
			expected = target
		case target.isHostName():
			name = target.String()
		}
		return nil
	})
	return name, err == nil || name != ""
}
