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

	// Admit reports whether a peer may connect; nil: every peer may. The connection of any other
	// is reset before a byte is read, and its datagrams are dropped.
	Admit func(from netip.AddrPort) bool
	// Full reports whether no connection can be accepted now; nil: never. New ones then wait in the
	// backlog until Resume.
	Full func() bool
	// MakeWay ends a connection that is dispensable, if there is one; nil: there never is. It is
	// called when others wait but Full or a shortage of descriptors keeps them out. It may act later.
	MakeWay func()
	// OnStarved is called when accepting waits for a descriptor or memory. It is not called again
	// before the backlog has been empty.
	OnStarved func(error)
	// OnFailure is called with the error that ends the listener.
	OnFailure func(error)
}

// Listener accepts connections on one port of one or more addresses.
type Listener struct {
	loop    *Loop
	options ListenOptions
	accept  func(fd int, from netip.AddrPort)
	sockets []*listenSocket
	path    *sock.OwnPath // of a Unix socket, removed by Close; or nil
	isVsock bool
	paused  bool      // by the owner
	starved bool      // there is no descriptor or memory to accept with
	warned  bool      // OnStarved was called
	timer   mux.Timer // ends the starved state
}

// listenSocket is one of a listener's sockets.
type listenSocket struct {
	*Listener
	fd int
}

// Listen binds all of addrs, which have one port, and begins to listen. Accept begins to accept.
// With port 0 the kernel chooses a port that is free at all addresses. The error is a
// *sock.ListenError.
func (l *Loop) Listen(addrs []netip.AddrPort, o ListenOptions) (*Listener, error) {
	fds, err := sock.BindAll(addrs, o.BindOptions, unix.SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	return l.newListener(fds, o), nil
}

// newListener makes a Listener of sockets that listen. It owns their descriptors from then on.
func (l *Loop) newListener(fds []int, o ListenOptions) *Listener {
	ln := &Listener{loop: l, options: o}
	for _, fd := range fds {
		ln.sockets = append(ln.sockets, &listenSocket{ln, fd})
	}
	return ln
}

// Addrs returns the addresses of the listener, with the chosen port.
func (ln *Listener) Addrs() []netip.AddrPort {
	addrs := make([]netip.AddrPort, len(ln.sockets))
	for i, s := range ln.sockets {
		addrs[i] = sock.BoundAddr(s.fd)
	}
	return addrs
}

// Close stops listening. The kernel resets the connections in the backlog.
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

// InheritListener makes a Listener of inherited stream sockets.
func (l *Loop) InheritListener(sockets []sock.Inherited, o ListenOptions) *Listener {
	return l.newListener(sock.Descriptors(sockets), o)
}

// InheritPackets waits for the first datagram on an inherited socket. The socket stays unconnected,
// because other processes share it.
func (l *Loop) InheritPackets(s sock.Inherited, many bool, o ListenOptions) *PacketListener {
	p := l.packetListener([]int{s.FD}, many)
	p.shared, p.admit = true, o.Admit
	if !s.Unix() {
		sock.TellDestination(s.FD)
	}
	return p
}

// InheritPacketEcho is NewPacketEcho on inherited sockets.
func InheritPacketEcho(l *Loop, sockets []sock.Inherited, fail func(error)) (*PacketEcho, error) {
	largest := largestUnix
	for _, s := range sockets {
		if !s.Unix() {
			sock.TellDestination(s.FD)
			largest = largestUDP
		}
	}
	return newPacketEcho(l, sock.Descriptors(sockets), largest, fail)
}
