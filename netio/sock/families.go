package sock

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// Families are the IP versions that something uses.
type Families struct{ IP4, IP6 bool }

// And returns the union of both.
func (f Families) And(other Families) Families {
	return Families{f.IP4 || other.IP4, f.IP6 || other.IP6}
}

// FamiliesAt returns the families of the clients that can connect at an address. With dualStack the
// IPv6 wildcard takes IPv4 too.
func FamiliesAt(addr netip.Addr, dualStack bool) Families {
	is4 := addr.Unmap().Is4()
	return Families{IP4: is4 || dualStack && addr == netip.IPv6Unspecified(), IP6: !is4}
}

// Families returns the families of the clients that can connect at the socket. A Unix socket has
// none.
func (s Inherited) Families() Families {
	if s.Unix() {
		return Families{}
	}
	only, err := unix.GetsockoptInt(s.FD, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY)
	return FamiliesAt(s.Addr.Addr(), err == nil && only == 0)
}
