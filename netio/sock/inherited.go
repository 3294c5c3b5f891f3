package sock

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Inherited is a socket that somebody else has bound, and listens on where it is a stream's, and passed on to us.
type Inherited struct {
	FD      int
	Packets bool
	Addr    netip.AddrPort // of TCP and UDP
	Path    string         // of a Unix socket, "@NAME" for an abstract one
}

// Unix says that it is a Unix socket.
func (s Inherited) Unix() bool { return !s.Addr.IsValid() }

// InheritSocket finds out what a descriptor is, and makes it ready for a loop: it does not block any more, for whoever
// shares it too, and is not for our commands. One that can't be listened on is an error.
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

func Descriptors(sockets []Inherited) []int {
	fds := make([]int, len(sockets))
	for i, s := range sockets {
		fds[i] = s.FD
	}
	return fds
}
