// Package sock holds single calls on sockets and other descriptors: their addresses, options,
// errors, and how they receive and send. It knows no event loop, and no function waits. netio and
// cmd/job call it with a descriptor. Begin with bind.go, which makes listening sockets, and
// sockaddr.go, which converts addresses.
package sock

import (
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// BindOptions say how a socket is bound and, for a stream, how it listens.
type BindOptions struct {
	Backlog   int  // of listen(2); 0: SOMAXCONN
	DualStack bool // the IPv6 wildcard takes IPv4 too; without IPv6 in the system, 0.0.0.0 replaces it
	ReusePort bool // SO_REUSEPORT: several listeners share the port
	Socket    Options
}

// ListenError is a failure to listen at one address.
type ListenError struct {
	Addr netip.AddrPort // not valid if the socket has no IP address
	Err  error
}

func (e *ListenError) Error() string {
	if !e.Addr.IsValid() {
		return fmt.Sprintf("listen: %v", e.Err)
	}
	return fmt.Sprintf("listen %s: %v", e.Addr, e.Err)
}

func (e *ListenError) Unwrap() error { return e.Err }

// ListenFailed makes the error of a bound socket, with the address or the path that it is bound to.
func ListenFailed(fd int, err error) error {
	if sa, nameErr := unix.Getsockname(fd); nameErr == nil {
		if u, isUnix := sa.(*unix.SockaddrUnix); isUnix {
			return &UnixError{Op: "listen", Path: u.Name, Err: err}
		}
	}
	return &ListenError{Addr: LocalAddr(fd), Err: err}
}

// BindAll makes a bound socket for each address. Stream sockets listen too.
func BindAll(addrs []netip.AddrPort, o BindOptions, kind int) (fds []int, err error) {
	for range 16 { // with port 0, another address may already use the first one's port
		if fds, err = bindOnce(addrs, o, kind); err == nil {
			return fds, nil
		}
		if addrs[0].Port() != 0 || len(addrs) == 1 || !errors.Is(err, unix.EADDRINUSE) {
			break
		}
	}
	return nil, err
}

func bindOnce(addrs []netip.AddrPort, o BindOptions, kind int) ([]int, error) {
	var fds []int
	port := addrs[0].Port()
	for _, addr := range addrs {
		addr = netip.AddrPortFrom(addr.Addr(), port)
		fd, err := boundSocket(addr, o, kind)
		if o.DualStack && noIPv6(err) && addr.Addr() == netip.IPv6Unspecified() {
			addr = netip.AddrPortFrom(netip.IPv4Unspecified(), port)
			fd, err = boundSocket(addr, o, kind)
		}
		if err != nil {
			for _, fd := range fds {
				unix.Close(fd)
			}
			return nil, &ListenError{Addr: addr, Err: o.Socket.Zoneless(addr.Addr(), err)}
		}
		fds = append(fds, fd)
		port = LocalAddr(fd).Port()
	}
	return fds, nil
}

// noIPv6 reports whether err is the error of a system without IPv6. It comes from socket(2), or
// from bind(2) where IPv6 is only disabled.
func noIPv6(err error) bool {
	return errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.EADDRNOTAVAIL)
}

func boundSocket(addr netip.AddrPort, o BindOptions, kind int) (int, error) {
	sa, family, err := ToSockaddr(addr)
	if err != nil {
		return -1, err
	}
	fd, err := New(family, o.Socket.Kind(kind))
	if err != nil {
		return -1, err
	}
	if err := prepare(fd, family, sa, o, kind); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func prepare(fd, family int, sa unix.Sockaddr, o BindOptions, kind int) error {
	// With the option a TCP port can be bound while its last connections are in TIME_WAIT. A port
	// with a listener still cannot. For datagrams the option would let two programs share a port,
	// and one of them would receive nothing.
	if kind == unix.SOCK_STREAM {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			return err
		}
	}
	if o.ReusePort {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
			return err
		}
	}
	if family == unix.AF_INET6 {
		only := 1
		if o.DualStack {
			only = 0
		}
		// Some systems are always v6-only, and refuse to change that.
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, only); err != nil && only == 1 {
			return err
		}
	}
	if err := o.Socket.Apply(fd, family); err != nil {
		return err
	}
	if err := unix.Bind(fd, sa); err != nil {
		return err
	}
	if kind != unix.SOCK_STREAM {
		return nil
	}
	bound, _ := SplitSockaddr(sa)
	unpaceAll(fd, bound.Addr())
	return o.Listen(fd)
}

// Listen makes a bound socket listen, with the options' backlog (listen(2)).
func (o *BindOptions) Listen(fd int) error {
	if o.Backlog == 0 {
		return unix.Listen(fd, unix.SOMAXCONN)
	}
	return unix.Listen(fd, o.Backlog)
}
