package resolve

import (
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"
)

// sockaddr gives an address and port the form that system calls take.
func sockaddr(d netip.AddrPort) unix.Sockaddr {
	if d.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(d.Port()), Addr: d.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(d.Port()), Addr: d.Addr().As16(), ZoneId: scopeOf(d.Addr())}
}

// localAddr is the address that a socket is bound to, an invalid one on failure.
func localAddr(fd int) netip.Addr {
	local, _ := unix.Getsockname(fd)
	switch sa := local.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrFrom4(sa.Addr)
	case *unix.SockaddrInet6:
		return netip.AddrFrom16(sa.Addr)
	}
	return netip.Addr{}
}

// scopeOf is the number of an address's zone. Zones of this package are numbers already; others are
// names of interfaces. 0 means no zone, or an unknown one.
func scopeOf(a netip.Addr) uint32 {
	if a.Zone() == "" {
		return 0
	}
	if n, err := strconv.ParseUint(a.Zone(), 10, 32); err == nil {
		return uint32(n)
	}
	return kernelInterfaces{}.Index(a.Zone())
}

// withScope gives an address its scope as a numeric zone, with which every system can connect. 0
// means no scope.
func withScope(a netip.Addr, scope uint32) netip.Addr {
	if scope == 0 {
		return a
	}
	return a.WithZone(strconv.FormatUint(uint64(scope), 10))
}
