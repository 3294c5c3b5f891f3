package netio

import (
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

// ListenOptions are the rules of a listener.
type ListenOptions struct {
	Backlog   int  // of listen(2); 0: SOMAXCONN
	DualStack bool // an IPv6 wildcard takes IPv4 too; where the system has no IPv6, 0.0.0.0 takes its place
	ReusePort bool // SO_REUSEPORT: several listeners share the port
	Socket    SocketOptions

	// OnStarved is told when accepting has to wait because the process or the system has no descriptor or memory left;
	// not again before a connection has been accepted since.
	OnStarved func(error)
	// OnFailure is told of an error that ends the listener.
	OnFailure func(error)
}

// ListenError is one address that could not be listened on.
type ListenError struct {
	Addr netip.AddrPort
	Err  error
}

func (e *ListenError) Error() string { return fmt.Sprintf("listen %s: %v", e.Addr, e.Err) }
func (e *ListenError) Unwrap() error { return e.Err }

// Listener accepts connections on one port of one or more addresses.
type Listener struct {
	loop    *Loop
	options ListenOptions
	accept  func(*Conn, netip.AddrPort)
	sockets []*listening
	path    *ownPath   // of a Unix socket
	starved bool       // nothing can be accepted for now
	warned  bool       // OnStarved has been told
	timer   *mux.Timer // ends being starved
}

// listening is one of a listener's sockets.
type listening struct {
	*Listener
	fd int
}

// Listen binds all of addrs, which have one port, and begins to listen; Accept begins to accept. With port 0 the kernel
// chooses a port that is free on all of them.
func (l *Loop) Listen(addrs []netip.AddrPort, o ListenOptions) (*Listener, error) {
	if o.Backlog == 0 {
		o.Backlog = unix.SOMAXCONN
	}
	ln := &Listener{loop: l, options: o}
	var err error
	for range 16 { // with port 0, the first address's port may be taken on another
		if err = ln.bind(addrs); err == nil {
			return ln, nil
		}
		ln.Close()
		if addrs[0].Port() != 0 || len(addrs) == 1 || !errors.Is(err, unix.EADDRINUSE) {
			break
		}
	}
	return nil, err
}

func (ln *Listener) bind(addrs []netip.AddrPort) error {
	port := addrs[0].Port()
	for _, addr := range addrs {
		addr = netip.AddrPortFrom(addr.Addr(), port)
		fd, err := ln.socket(addr)
		if ln.options.DualStack && noIPv6(err) && addr.Addr() == netip.IPv6Unspecified() {
			addr = netip.AddrPortFrom(netip.IPv4Unspecified(), port)
			fd, err = ln.socket(addr)
		}
		if err != nil {
			return &ListenError{Addr: addr, Err: err}
		}
		ln.sockets = append(ln.sockets, &listening{ln, fd})
		port = LocalAddr(fd).Port()
	}
	return nil
}

// noIPv6 says whether err is how a system without IPv6 refuses: at socket(2), or at bind(2) where it is only disabled.
func noIPv6(err error) bool {
	return errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.EADDRNOTAVAIL)
}

// socket makes one listening socket.
func (ln *Listener) socket(addr netip.AddrPort) (int, error) {
	sa, family, err := sockaddr(addr)
	if err != nil {
		return -1, err
	}
	fd, err := newSocket(family, unix.SOCK_STREAM)
	if err != nil {
		return -1, err
	}
	if err := ln.prepare(fd, family, sa); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func (ln *Listener) prepare(fd, family int, sa unix.Sockaddr) error {
	// A port whose last connections are still in TIME_WAIT can be bound. One that somebody listens on can't.
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if ln.options.ReusePort {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
			return err
		}
	}
	if family == unix.AF_INET6 {
		only := 1
		if ln.options.DualStack {
			only = 0
		}
		// Some systems are always v6-only, and refuse to be asked.
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, only); err != nil && only == 1 {
			return err
		}
	}
	if err := ln.options.Socket.apply(fd, family); err != nil {
		return err
	}
	if err := unix.Bind(fd, sa); err != nil {
		return err
	}
	return unix.Listen(fd, ln.options.Backlog)
}

// Addrs are the addresses that are listened on, with the port that was chosen.
func (ln *Listener) Addrs() []netip.AddrPort {
	addrs := make([]netip.AddrPort, len(ln.sockets))
	for i, s := range ln.sockets {
		addrs[i] = LocalAddr(s.fd)
	}
	return addrs
}

// Close stops listening. Connections that wait in the backlog are reset by the kernel.
func (ln *Listener) Close() {
	ln.timer.Stop()
	for _, s := range ln.sockets {
		ln.loop.Close(s.fd)
	}
	if len(ln.sockets) > 0 {
		ln.path.remove()
		ln.sockets = nil
		ln.loop.closed()
	}
}
