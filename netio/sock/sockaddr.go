package sock

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// ToSockaddr converts addr to the system's form, and returns its family.
func ToSockaddr(addr netip.AddrPort) (unix.Sockaddr, int, error) {
	ip := addr.Addr()
	if ip.Is4() {
		return &unix.SockaddrInet4{Port: int(addr.Port()), Addr: ip.As4()}, unix.AF_INET, nil
	}
	zone, err := zoneIndex(ip.Zone())
	if err != nil {
		return nil, 0, err
	}
	return &unix.SockaddrInet6{Port: int(addr.Port()), ZoneId: zone, Addr: ip.As16()}, unix.AF_INET6, nil
}

// AddrPort converts an address of fd, or of its peer, from the system's form. An IPv4 peer of an
// IPv6 socket becomes plain IPv4. A zone becomes the name of its interface.
func AddrPort(fd int, sa unix.Sockaddr) netip.AddrPort {
	addr, zone := SplitSockaddr(sa)
	if zone == 0 {
		return addr
	}
	return netip.AddrPortFrom(withZoneIndex(fd, addr.Addr(), zone), addr.Port())
}

// SplitSockaddr returns the address without its zone, and the zone's index. It makes no system
// call, so it is cheap enough for each datagram.
func SplitSockaddr(sa unix.Sockaddr) (addr netip.AddrPort, zone uint32) {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port)), 0
	case *unix.SockaddrInet6:
		ip := netip.AddrFrom16(sa.Addr).Unmap()
		if ip.Is6() {
			zone = sa.ZoneId
		}
		return netip.AddrPortFrom(ip, uint16(sa.Port)), zone
	}
	return netip.AddrPort{}, 0
}

// IsInternet reports whether an address is an IP address.
func IsInternet(sa unix.Sockaddr) bool {
	addr, _ := SplitSockaddr(sa)
	return addr.IsValid()
}

// BoundAddr returns the address that a listener's socket is bound to. An IPv4 address of an IPv6
// socket stays in IPv6's form.
func BoundAddr(fd int) netip.AddrPort {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}
	}
	if in6, is6 := sa.(*unix.SockaddrInet6); is6 && netip.AddrFrom16(in6.Addr).Is4In6() {
		return netip.AddrPortFrom(netip.AddrFrom16(in6.Addr), uint16(in6.Port))
	}
	return AddrPort(fd, sa)
}

// LocalAddr returns the IP address that a socket is bound to, or an invalid one.
func LocalAddr(fd int) netip.AddrPort {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}
	}
	return AddrPort(fd, sa)
}

// RemoteAddr returns the IP address that a socket is connected to, or an invalid one.
func RemoteAddr(fd int) netip.AddrPort {
	sa, err := unix.Getpeername(fd)
	if err != nil {
		return netip.AddrPort{}
	}
	return AddrPort(fd, sa)
}

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
