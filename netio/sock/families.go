package sock

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// Families are families of addresses.
type Families struct{ IP4, IP6 bool }

// And is the families of both.
func (f Families) And(other Families) Families {
	return Families{f.IP4 || other.IP4, f.IP6 || other.IP6}
}

// FamiliesAt are the families of the clients that can come in at an address. With dualStack the
// IPv6 wildcard takes IPv4 too.
func FamiliesAt(addr netip.Addr, dualStack bool) Families {
	is4 := addr.Unmap().Is4()
	return Families{IP4: is4 || dualStack && addr == netip.IPv6Unspecified(), IP6: !is4}
}

// Families are those of the clients that can come in at the socket; none for a Unix socket.
func (s Inherited) Families() Families {
	if s.Unix() {
		return Families{}
	}
	only, err := unix.GetsockoptInt(s.FD, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY)
	return FamiliesAt(s.Addr.Addr(), err == nil && only == 0)
}
