package netio

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// ListenOptions are the rules of a listener.
type ListenOptions struct {
	sock.BindOptions

	// Admit says whether somebody may connect; nil: everybody may. Who may not is reset before a byte is read, and its
	// datagrams are dropped.
	Admit func(from netip.AddrPort) bool
	// Full reports that no connection can be taken now: those that wait stay in the backlog until Resume. nil: never.
	Full func() bool
	// MakeWay ends a connection that can be let go, if there is one. It is called when others wait and Full, or the want
	// of descriptors, keeps them from being taken. It may act later. nil: there is none.
	MakeWay func()
	// OnStarved is told when accepting has to wait because the process or the system has no descriptor or memory left;
	// not again before nobody has waited.
	OnStarved func(error)
	// OnFailure is told of an error that ends the listener.
	OnFailure func(error)
}

// Listener accepts connections on one port of one or more addresses.
type Listener struct {
	loop    *Loop
	options ListenOptions
	accept  func(fd int, from netip.AddrPort)
	sockets []*listening
	path    *sock.OwnPath // of a Unix socket that is to be removed
	isVsock bool
	paused  bool      // by the owner
	starved bool      // nothing can be accepted for now
	warned  bool      // OnStarved has been told
	timer   mux.Timer // ends being starved
}

// listening is one of a listener's sockets.
type listening struct {
	*Listener
	fd int
}

// Listen binds all of addrs, which have one port, and begins to listen; Accept begins to accept. With port 0 the kernel
// chooses a port that is free on all of them. Its error is a *ListenError.
func (l *Loop) Listen(addrs []netip.AddrPort, o ListenOptions) (*Listener, error) {
	fds, err := sock.BindAll(addrs, o.BindOptions, unix.SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	return l.newListener(fds, o), nil
}

// newListener puts sockets that listen on the loop. The descriptors are the Listener's from then on.
func (l *Loop) newListener(fds []int, o ListenOptions) *Listener {
	ln := &Listener{loop: l, options: o}
	for _, fd := range fds {
		ln.sockets = append(ln.sockets, &listening{ln, fd})
	}
	return ln
}

// Addrs are the addresses that are listened on, with the port that was chosen.
func (ln *Listener) Addrs() []netip.AddrPort {
	addrs := make([]netip.AddrPort, len(ln.sockets))
	for i, s := range ln.sockets {
		addrs[i] = sock.BoundAddr(s.fd)
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
		ln.path.Remove()
		ln.sockets = nil
		ln.loop.closed()
	}
}
