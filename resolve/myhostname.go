package resolve

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// myHostname is the "myhostname" of nsswitch.conf, see nss-myhostname(8): the
// machine's own name, localhost, _gateway and _outbound.
type myHostname struct{ l *lookupState }

// both gives the addresses of both families.
func (s *myHostname) both(name string) (status, sourceResult) {
	return s.lookup(name, Unspec)
}

// one gives the addresses of one family.
func (s *myHostname) one(name string, family int, _ bool) (status, sourceResult) {
	return s.lookup(name, family)
}

func (s *myHostname) lookup(name string, family int) (status, sourceResult) {
	canon, list, fallback, ok := s.find(name, family)
	if !ok {
		s.l.host = hostNotFound
		return statusNotFound, sourceResult{}
	}
	res := sourceResult{canon: canon}
	origin := &Origin{Source: FromMyHostname}
	for _, a := range list {
		t := tuple{family: INET, addr: a.Local, origin: origin}
		if a.Local.Is6() {
			t.family = INET6
			if family == Unspec && a.Local.IsLinkLocalUnicast() {
				t.scope = a.Index
			}
		}
		res.tuples = append(res.tuples, t)
	}
	if len(list) == 0 {
		if family != INET6 {
			res.tuples = append(res.tuples, tuple{family: INET, addr: fallback, origin: origin})
		}
		if family != INET {
			res.tuples = append(res.tuples, tuple{family: INET6, addr: netip.IPv6Loopback(), origin: origin})
		}
	}
	s.l.host = hostOK
	return statusSuccess, res
}

// find gives the canonical form of a name, its addresses, and the IPv4 address that replaces an
// empty list.
func (s *myHostname) find(name string, family int) (canon string, list []InterfaceAddr,
	fallback netip.Addr, ok bool) {
	switch {
	case isLocalhost(name):
		return "localhost", nil, ipv4Loopback(), true
	case equalFold(name, "_gateway") || equalFold(name, "_gateway."):
		list = s.gateways(family)
		return "_gateway", list, fallback, len(list) > 0
	case equalFold(name, "_outbound") || equalFold(name, "_outbound."):
		list = s.outbound(family)
		return "_outbound", list, fallback, len(list) > 0
	}
	host := s.l.r.hostname()
	if host == "" || name != host && name != host+"." {
		return "", nil, fallback, false
	}
	return host, s.own(family), netip.AddrFrom4([4]byte{127, 0, 0, 2}), true
}

// isLocalhost reports whether a name belongs to localhost, see RFC 6761, section 6.3.
func isLocalhost(name string) bool {
	name = strings.TrimSuffix(name, ".")
	for _, s := range [...]string{"localhost", "localhost.localdomain"} {
		if equalFold(name, s) || len(name) > len(s) && equalFold(name[len(name)-len(s)-1:], "."+s) {
			return true
		}
	}
	return false
}

// inFamily reports whether an address is of the family.
func inFamily(a netip.Addr, family int) bool {
	return family == Unspec || a.Is4() == (family == INET)
}

// own lists the addresses at which others can reach this machine: IPv4 before IPv6, global before
// link-local, then by interface and address.
func (s *myHostname) own(family int) []InterfaceAddr {
	all, err := s.l.r.interfaces().Addresses()
	if err != nil {
		return nil
	}
	list := slices.DeleteFunc(all, func(a InterfaceAddr) bool {
		return a.HostScope || a.Deprecated || !inFamily(a.Local, family)
	})
	slices.SortStableFunc(list, func(x, y InterfaceAddr) int {
		return cmp.Or(
			preferFact(x.Local.Is4(), y.Local.Is4()),
			preferFact(!x.LinkScope, !y.LinkScope),
			cmp.Compare(x.Index, y.Index),
			x.Local.Compare(y.Local),
		)
	})
	return list
}

// gateways lists the default gateways.
func (s *myHostname) gateways(family int) []InterfaceAddr {
	all, err := s.l.r.interfaces().Gateways()
	if err != nil {
		return nil
	}
	var list []InterfaceAddr
	for _, g := range all {
		if inFamily(g.Addr, family) {
			list = append(list, InterfaceAddr{Local: g.Addr, Index: g.Index})
		}
	}
	return list
}

// outbound lists this machine's addresses towards the default gateways.
func (s *myHostname) outbound(family int) []InterfaceAddr {
	var list []InterfaceAddr
	for _, g := range s.gateways(family) {
		dst := netip.AddrPortFrom(g.Local, dnsPort)
		if g.Local.Is6() && g.Local.IsLinkLocalUnicast() {
			dst = netip.AddrPortFrom(withScope(g.Local, g.Index), dnsPort)
		}
		source := s.l.r.prober().Sources([]netip.AddrPort{dst})[0]
		known := func(a InterfaceAddr) bool { return a.Local == source }
		if !source.IsValid() || slices.ContainsFunc(list, known) {
			continue
		}
		list = append(list, InterfaceAddr{Local: source, Index: g.Index})
	}
	return list
}
