//go:build !linux

package resolve

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// kernelProber connects a UDP socket to each destination, which sends nothing,
// and asks for its own address.
type kernelProber struct{}

// Sources gives the source address for each destination.
func (kernelProber) Sources(dst []netip.AddrPort) []netip.Addr {
	sources := make([]netip.Addr, len(dst))
	for i, d := range dst {
		sources[i] = sourceFor(d)
	}
	return sources
}

// sourceFor gives our own address towards d, an invalid one on failure. Port 0
// is 1 here: the BSDs do not connect to port 0.
func sourceFor(d netip.AddrPort) netip.Addr {
	family := unix.AF_INET6
	if d.Addr().Is4() {
		family = unix.AF_INET
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM, 0)
	if err != nil {
		return netip.Addr{}
	}
	defer unix.Close(fd)
	unix.CloseOnExec(fd)
	if d.Port() == 0 {
		d = netip.AddrPortFrom(d.Addr(), 1)
	}
	if unix.Connect(fd, sockaddr(d)) != nil {
		return netip.Addr{}
	}
	local, err := unix.Getsockname(fd)
	if err != nil {
		return netip.Addr{}
	}
	switch sa := local.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrFrom4(sa.Addr)
	case *unix.SockaddrInet6:
		return netip.AddrFrom16(sa.Addr)
	}
	return netip.Addr{}
}

// sockaddr is an address and port for a system call.
func sockaddr(d netip.AddrPort) unix.Sockaddr {
	if d.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(d.Port()), Addr: d.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(d.Port()), Addr: d.Addr().As16(), ZoneId: scopeOf(d.Addr())}
}
