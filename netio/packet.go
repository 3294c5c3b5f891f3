package netio

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

// MaxDatagram is the most that one UDP datagram carries over IPv4.
const MaxDatagram = 65507

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

func (datagrams) read(fd int, p []byte) (int, error)  { return rawRead(fd, p) }
func (datagrams) write(fd int, p []byte) (int, error) { return rawSend(fd, p, 0) }
func (datagrams) closeWrite(*Conn) error              { return nil }

// packetListener is a bound datagram socket. What is written goes to the peer that was heard last; unless many are
// heard, that is the first, and others are not heard at all.
type packetListener struct {
	peer  unix.Sockaddr
	many  bool
	admit func(netip.AddrPort) bool // nil: everybody
}

func (l *packetListener) read(fd int, p []byte) (int, error) {
	n, from, err := unix.Recvfrom(fd, p, 0)
	switch {
	case err != nil:
		return 0, err
	case l.many && l.admit != nil && !l.admit(addrPort(from)):
		return 0, unix.EINTR // the next one may be another's
	case l.many:
		l.peer = from
	case !sameSockaddr(from, l.peer):
		return 0, unix.EAGAIN // it was on its way before the socket was connected
	}
	return n, nil
}

func (l *packetListener) write(fd int, p []byte) (int, error) {
	if !l.many {
		return rawSend(fd, p, 0)
	}
	if err := unix.Sendto(fd, p, 0, l.peer); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (*packetListener) closeWrite(*Conn) error { return nil }

func sameSockaddr(from, peer unix.Sockaddr) bool {
	f, isUnix := from.(*unix.SockaddrUnix)
	p, wasUnix := peer.(*unix.SockaddrUnix)
	if isUnix && wasUnix {
		return f.Name == p.Name
	}
	return addrPort(from) == addrPort(peer)
}

// packetConn puts a datagram socket on the loop. The descriptor is the Conn's from then on.
func (l *Loop) packetConn(fd int, name string, c channel) *Conn {
	return &Conn{loop: l, fd: int32(fd), inherited: -1, channel: c, packets: true, label: &name}
}

// PacketListener waits for the first datagram on a bound socket.
type PacketListener struct {
	loop  *Loop
	fd    int
	path  *ownPath // of a Unix socket
	many  bool
	admit func(netip.AddrPort) bool // nil: everybody
	heard func(*Conn, netip.AddrPort)
	fail  func(error)
}

// ListenPackets binds a datagram socket to addr. With many, every peer is heard; otherwise the first one only.
func (l *Loop) ListenPackets(addr netip.AddrPort, many bool, o ListenOptions) (*PacketListener, error) {
	fds, err := bindAll([]netip.AddrPort{addr}, o, unix.SOCK_DGRAM)
	if err != nil {
		return nil, err
	}
	return &PacketListener{loop: l, fd: fds[0], many: many, admit: o.Admit}, nil
}

// Addr is where it listens.
func (p *PacketListener) Addr() netip.AddrPort { return LocalAddr(p.fd) }

// Hear calls heard once, when the first datagram is there, with the connection to its sender.
func (p *PacketListener) Hear(heard func(*Conn, netip.AddrPort), fail func(error)) error {
	p.heard, p.fail = heard, fail
	return p.loop.Watch(p.fd, mux.Readable, p)
}

// Ready is the loop's report that a datagram has come. It is left where it is, for the session to read.
func (p *PacketListener) Ready(mux.Events) {
	_, from, err := unix.Recvfrom(p.fd, make([]byte, 1), unix.MSG_PEEK)
	switch {
	case err == unix.EAGAIN, err == unix.EINTR, err == unix.ECONNREFUSED:
		return
	case err != nil:
		p.fail(&ListenError{Addr: p.Addr(), Err: err})
		return
	case p.admit != nil && !p.admit(addrPort(from)):
		unix.Recvfrom(p.fd, make([]byte, 1), 0)
		return
	}
	if nameless(from) && !p.many {
		from = nil // a Unix peer without a name of its own: there is nothing to connect to
	}
	if from != nil && !p.many {
		if err := unix.Connect(p.fd, from); err != nil {
			p.fail(&ListenError{Addr: p.Addr(), Err: err})
			return
		}
	}
	addr := addrPort(from)
	p.loop.Forget(p.fd)
	name := addr.String()
	if !addr.IsValid() {
		name = "the peer"
	}
	c := p.loop.packetConn(p.fd, name, &packetListener{peer: from, many: p.many || from == nil, admit: p.admit})
	c.path = p.path
	p.fd = -1
	p.heard(c, addr)
}

func nameless(sa unix.Sockaddr) bool {
	u, isUnix := sa.(*unix.SockaddrUnix)
	return sa == nil || isUnix && u.Name == ""
}

// Close stops listening, unless somebody has been heard.
func (p *PacketListener) Close() {
	if p.fd >= 0 {
		p.loop.Close(p.fd)
		p.path.remove()
		p.fd = -1
	}
}
