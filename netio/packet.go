package netio

import (
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// RefusedError is the report that nobody receives at the peer's address. It is ICMP's port
// unreachable, or a Unix socket that no process has open.
type RefusedError struct {
	Name string
	Err  error
}

func (e *RefusedError) Error() string { return fmt.Sprintf("%s: %v", e.Name, e.Err) }
func (e *RefusedError) Unwrap() error { return e.Err }

// datagrams is the channel of a connected datagram socket. One read is one datagram, which may be
// empty, and so is one write. It cannot pass on an end.
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
	sockets []*hearSocket // none once a datagram has come
	path    *sock.OwnPath // of a Unix socket
	many    bool
	shared  bool                      // other processes have the socket too: it must not be connected
	admit   func(netip.AddrPort) bool // nil: every peer may send
	heard   func(*Conn, netip.AddrPort)
	fail    func(error)
	last    time.Time // when the last datagram of an admitted peer came
}

// hearSocket is one of a packet listener's sockets.
type hearSocket struct {
	*PacketListener
	fd int
}

// ListenPackets binds a datagram socket to each of addrs, which have one port, as Listen does. With
// many it receives from every peer, otherwise only from the first one. Its error is a
// *sock.ListenError.
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
		p.sockets = append(p.sockets, &hearSocket{p, fd})
	}
	return p
}

// Addrs returns the addresses of the listener, with the chosen port.
func (p *PacketListener) Addrs() []netip.AddrPort {
	addrs := make([]netip.AddrPort, len(p.sockets))
	for i, s := range p.sockets {
		addrs[i] = sock.BoundAddr(s.fd)
	}
	return addrs
}

// Hear waits for the first datagram. Then it calls heard once, with the Conn for the sender. If
// that fails, it calls fail.
func (p *PacketListener) Hear(heard func(*Conn, netip.AddrPort), fail func(error)) error {
	p.heard, p.fail = heard, fail
	for _, s := range p.sockets {
		if err := p.loop.Watch(s.fd, mux.Readable, s); err != nil {
			return err
		}
	}
	return nil
}

// Ready is the loop's report that a datagram has come. It stays there for the session to read.
func (s *hearSocket) Ready(mux.Events) {
	if len(s.sockets) == 0 { // another socket came first, in the same batch
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
	// A Unix peer without a name cannot be connected to.
	c := &packetHearer{listener: s.PacketListener, peer: from, to: to, lossy: s.many, many: s.many || sock.Nameless(from)}
	if !c.many && !s.shared && sock.AnswersFrom(s.fd, from, to) {
		// It may fail: the sender has gone, or cannot be reached. Its datagram still counts.
		c.connected = sock.ConnectPeer(s.fd, from) == nil
	}
	s.take(c, from)
}

// take makes the Conn. Its descriptor is the socket that received the datagram. With many the Conn
// also receives from the other sockets; without, they are closed.
func (s *hearSocket) take(c *packetHearer, from unix.Sockaddr) {
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

// Close stops listening. After the first datagram it does nothing: the Conn owns the sockets.
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
