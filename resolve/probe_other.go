//go:build !linux

package resolve

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// kernelProber connects a UDP socket to each destination, which sends nothing, and asks for its
// local address.
type kernelProber struct{}

// Sources gives the source address for each destination.
func (kernelProber) Sources(dst []netip.AddrPort) []netip.Addr {
	sources := make([]netip.Addr, len(dst))
	for i, d := range dst {
		sources[i] = sourceFor(d)
	}
	return sources
}

// sourceFor gives the local address towards d, an invalid one on failure. Port 0 becomes 1: the
// BSDs do not connect to port 0.
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
	return localAddr(fd)
}
