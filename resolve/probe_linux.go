package resolve

import (
	"errors"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernelProber connects UDP sockets, which sends nothing, and asks for their local address. It
// keeps one socket and disconnects it between destinations, as glibc does. Once an IPv6 destination
// has come, IPv4 destinations go through an AF_INET6 socket too.
type kernelProber struct{}

// Sources gives the source address for each destination.
func (kernelProber) Sources(dst []netip.AddrPort) []netip.Addr {
	sources := make([]netip.Addr, len(dst))
	p := probeSocket{fd: -1}
	defer p.close()
	for i, d := range dst {
		if i > 0 && d == dst[i-1] {
			sources[i] = sources[i-1]
			continue
		}
		sources[i] = p.source(d)
	}
	return sources
}

// probeSocket is the socket of a kernelProber. It owns the descriptor.
type probeSocket struct {
	fd     int // -1: none
	family int
}

func (p *probeSocket) close() {
	if p.fd >= 0 {
		unix.Close(p.fd)
	}
	p.fd = -1
}

func (p *probeSocket) open(family int) error {
	p.close()
	p.family = family
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		p.fd = fd
	}
	return err
}

// source connects to d and gives the local address, an invalid one on failure.
func (p *probeSocket) source(d netip.AddrPort) netip.Addr {
	is4 := d.Addr().Is4()
	var err error
	switch {
	case p.fd < 0 || p.family == unix.AF_INET && !is4:
		family := unix.AF_INET6
		if is4 {
			family = unix.AF_INET
		}
		err = p.open(family)
	default:
		disconnect(p.fd)
	}
	if err == nil {
		err = unix.Connect(p.fd, sockaddr(d))
	}
	if errors.Is(err, unix.EAFNOSUPPORT) && is4 && p.family == unix.AF_INET6 {
		// This IPv6 socket is for IPv6 only.
		if err = p.open(unix.AF_INET); err == nil {
			err = unix.Connect(p.fd, sockaddr(d))
		}
	}
	if err != nil {
		return netip.Addr{}
	}
	if is4 {
		return localAddr(p.fd).Unmap()
	}
	return localAddr(p.fd)
}

// disconnect undoes a connect by connecting to AF_UNSPEC, for which x/sys has no Sockaddr. A
// failure shows at the next connect.
func disconnect(fd int) {
	var sa unix.RawSockaddr // family 0 is AF_UNSPEC
	connectRaw(fd, &sa)
}

// connectRaw is connect(2) with an address as the kernel has it. On 386 and
// s390x connect goes through socketcall(2); there SYS_CONNECT exists as well
// on every kernel that Go supports.
func connectRaw(fd int, sa *unix.RawSockaddr) {
	_, _, _ = unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(sa)),
		unsafe.Sizeof(*sa))
}
