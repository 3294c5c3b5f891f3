package sock

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Inherited is a bound socket that another program passed on. A stream socket already listens.
type Inherited struct {
	FD      int
	Packets bool
	Addr    netip.AddrPort // of TCP and UDP
	Path    string         // of a Unix socket, "@NAME" for an abstract one
}

// Unix reports whether the socket is a Unix socket.
func (s Inherited) Unix() bool { return !s.Addr.IsValid() }

// InheritSocket finds out what a descriptor is and prepares it for an event loop. The socket no
// longer blocks, for other holders too, and commands do not inherit it. A socket that cannot accept
// or receive is an error.
func InheritSocket(fd int) (s Inherited, err error) {
	s.FD = fd
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err == unix.ENOTSOCK {
		return s, fmt.Errorf("it is no socket")
	}
	if err != nil {
		return s, err
	}
	listens, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	switch {
	case kind == unix.SOCK_DGRAM:
		s.Packets = true
	case kind != unix.SOCK_STREAM:
		return s, fmt.Errorf("it is a socket neither of a stream nor of datagrams")
	case err != nil:
		return s, err
	case listens == 0:
		return s, fmt.Errorf("it does not listen; a connection is not what can be accepted from")
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return s, err
	}
	if sa, isUnix := name.(*unix.SockaddrUnix); isUnix {
		s.Path = sa.Name
	} else if s.Addr = AddrPort(fd, name); !s.Addr.IsValid() {
		return s, fmt.Errorf("it is of an address family that is not known here")
	} else if s.Addr.Port() == 0 {
		return s, fmt.Errorf("it is not bound")
	}
	unix.CloseOnExec(fd)
	return s, unix.SetNonblock(fd, true)
}

// Families returns the families of the clients that can connect; none for a Unix socket.
func (s Inherited) Families() Families {
	if s.Unix() {
		return Families{}
	}
	only, err := unix.GetsockoptInt(s.FD, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY)
	return FamiliesAt(s.Addr.Addr(), err == nil && only == 0)
}

// Descriptors returns the sockets' descriptors.
func Descriptors(sockets []Inherited) []int {
	fds := make([]int, len(sockets))
	for i, s := range sockets {
		fds[i] = s.FD
	}
	return fds
}
