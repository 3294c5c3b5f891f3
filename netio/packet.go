package netio

import (
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// RefusedError is a datagram that came back: the peer's system says that nobody receives there (ICMP port unreachable,
// or a Unix socket that nobody has open).
type RefusedError struct {
	Name string
	Err  error
}

func (e *RefusedError) Error() string { return fmt.Sprintf("%s: %v", e.Name, e.Err) }
func (e *RefusedError) Unwrap() error { return e.Err }

// datagrams is a connected datagram socket: one read is one datagram, which may be empty, and so is one write. It
// has no end to pass on.
type datagrams struct{}

func (datagrams) read(fd int, p []byte) (int, error) { return sock.RawRead(fd, p) }
func (datagrams) write(fd int, p []byte) (int, error) {
	return sock.RawSend(fd, sock.OneDatagram(p), 0)
}
func (datagrams) closeWrite(*Conn) error { return nil }

// packetConn puts a datagram socket on the loop. The descriptor is the Conn's from then on.
func (l *Loop) packetConn(fd int, name string, reader reader, writer writer, is *traits) *Conn {
	return &Conn{loop: l, fd: int32(fd), reader: reader, writer: writer, traits: is, packets: true, label: named(name)}
}

// PacketListener waits for the first datagram on bound sockets.
type PacketListener struct {
	loop    *Loop
	sockets []*hearing    // none once somebody has been heard
	path    *sock.OwnPath // of a Unix socket
	many    bool
	shared  bool                      // others have the socket too: it is not to be connected
	admit   func(netip.AddrPort) bool // nil: everybody
	heard   func(*Conn, netip.AddrPort)
	fail    func(error)
	last    time.Time // when somebody was heard who is let in
}

// hearing is one of a packet listener's sockets.
type hearing struct {
	*PacketListener
	fd int
}

// ListenPackets binds a datagram socket to each of addrs, which have one port, as Listen does. With many, every peer is
// heard; otherwise the first one only. Its error is a *ListenError.
func (l *Loop) ListenPackets(addrs []netip.AddrPort, many bool, o ListenOptions) (*PacketListener, error) {
	fds, err := sock.BindAll(addrs, o.BindOptions, unix.SOCK_DGRAM)
	if err != nil {
		return nil, err
	}
	for _, fd := range fds {
		sock.TellDestination(fd)
	}
	p := l.packetListener(fds, many)
	p.admit = o.Admit
	return p, nil
}

func (l *Loop) packetListener(fds []int, many bool) *PacketListener {
	p := &PacketListener{loop: l, many: many}
	for _, fd := range fds {
		p.sockets = append(p.sockets, &hearing{p, fd})
	}
	return p
}

// Addrs is where it listens.
func (p *PacketListener) Addrs() []netip.AddrPort {
	addrs := make([]netip.AddrPort, len(p.sockets))
	for i, s := range p.sockets {
		addrs[i] = sock.BoundAddr(s.fd)
	}
	return addrs
}

// Hear calls heard once, when the first datagram is there, with the connection to its sender; fail, if that can't be.
func (p *PacketListener) Hear(heard func(*Conn, netip.AddrPort), fail func(error)) error {
	p.heard, p.fail = heard, fail
	for _, s := range p.sockets {
		if err := p.loop.Watch(s.fd, mux.Readable, s); err != nil {
			return err
		}
	}
	return nil
}

// Ready is the loop's report that a datagram has come. It is left where it is, for the session to read.
func (s *hearing) Ready(mux.Events) {
	if len(s.sockets) == 0 { // another was heard in the same batch
		return
	}
	_, from, to, err := sock.ReceiveFrom(s.fd, make([]byte, 1), unix.MSG_PEEK, sock.LocalAddr(s.fd).IsValid())
	switch {
	case err == unix.EAGAIN, sock.IsReport(err):
		return
	case err != nil:
		s.fail(sock.ListenFailed(s.fd, err))
		return
	case s.admit != nil && !s.admit(sock.AddrPort(s.fd, from)):
		unix.Recvfrom(s.fd, make([]byte, 1), 0)
		return
	}
	c := &packetHearer{listener: s.PacketListener, peer: from, to: to, lossy: s.many, many: s.many || sock.Nameless(from)} // a Unix peer without a name can't be connected to
	if !c.many && !s.shared && sock.AnswersFrom(s.fd, from, to) {
		c.connected = sock.ConnectPeer(s.fd, from) == nil // a sender without a way back, or that has gone, is heard all the same
	}
	s.take(c, from)
}

// take makes the connection. Of several sockets, the one that heard is its descriptor; the others are heard as well with
// many, and closed without.
func (s *hearing) take(c *packetHearer, from unix.Sockaddr) {
	addr := sock.AddrPort(s.fd, from)
	name := addr.String()
	if !addr.IsValid() {
		name = "the peer"
	}
	conn := s.loop.packetConn(s.fd, name, c, c, &traits{group: c, addresses: c})
	conn.owns(s.path)
	c.current, c.fds = s.fd, []int{s.fd}
	for _, other := range s.sockets {
		switch {
		case other.fd == s.fd:
			s.loop.Forget(s.fd)
		case s.many:
			s.loop.Forget(other.fd)
			c.fds = append(c.fds, other.fd)
		default:
			s.loop.Close(other.fd)
		}
	}
	s.sockets = nil
	s.heard(conn, addr)
}

// Close stops listening, unless somebody has been heard.
func (p *PacketListener) Close() {
	if len(p.sockets) == 0 {
		return
	}
	for _, s := range p.sockets {
		p.loop.Close(s.fd)
	}
	p.path.Remove()
	p.sockets = nil
}
