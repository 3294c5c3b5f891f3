package netio

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// PacketEcho sends each datagram back to its sender, from the address that it was sent to.
type PacketEcho struct {
	Totals EchoTotals // Conns stays 0, Peak too
	loop   *Loop
	fds    []*packetSocket
	path   *sock.OwnPath // of a Unix socket
	fail   func(error)
}

// packetSocket is one socket of a PacketEcho, with the datagrams that it has not yet sent back.
type packetSocket struct {
	echo   *PacketEcho
	fd     int
	isUnix bool
	batch  *packetBatch
}

// NewPacketEcho binds all of addrs, which have one port, as Listen does, and begins to serve. It
// calls fail with an error that ends the service.
func NewPacketEcho(l *Loop, addrs []netip.AddrPort, o ListenOptions, fail func(error)) (*PacketEcho, error) {
	fds, err := sock.BindAll(addrs, o.BindOptions, unix.SOCK_DGRAM)
	if err != nil {
		return nil, err
	}
	for _, fd := range fds {
		sock.TellDestination(fd)
	}
	return newPacketEcho(l, fds, largestUDP, fail)
}

// NewUnixPacketEcho is NewPacketEcho on a path, with the rules of ListenUnix. A client without a
// path of its own gets no answer. A client that does not read loses what does not fit its queue.
func NewUnixPacketEcho(l *Loop, path string, fail func(error)) (*PacketEcho, error) {
	ln, err := l.ListenUnixPackets(path, true)
	if err != nil {
		return nil, err
	}
	s, err := newPacketEcho(l, []int{ln.sockets[0].fd}, largestUnix, fail)
	if err != nil {
		ln.path.Remove()
		return nil, err
	}
	s.path = ln.path
	return s, nil
}

// The longest datagram that is received, in bytes: the limit of UDP's length field, and the usual
// size of a Unix socket's buffer. Only used pages take memory. A longer datagram is dropped whole.
const (
	largestUDP  = 1 << 16
	largestUnix = 1 << 18
)

func newPacketEcho(l *Loop, fds []int, largest int, fail func(error)) (*PacketEcho, error) {
	s := &PacketEcho{loop: l, fail: fail}
	for _, fd := range fds {
		isUnix := !sock.LocalAddr(fd).IsValid()
		s.fds = append(s.fds, &packetSocket{echo: s, fd: fd, isUnix: isUnix, batch: newPacketBatch(largest, isUnix)})
	}
	for _, p := range s.fds {
		if err := l.Watch(p.fd, mux.Readable, p); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// Addrs returns the bound addresses.
func (s *PacketEcho) Addrs() []netip.AddrPort {
	addrs := make([]netip.AddrPort, len(s.fds))
	for i, p := range s.fds {
		addrs[i] = sock.LocalAddr(p.fd)
	}
	return addrs
}

// Close ends the service. It drops datagrams that could not be sent back yet, as a network may.
func (s *PacketEcho) Close() {
	for _, p := range s.fds {
		s.loop.Close(p.fd)
	}
	s.fds = nil
	s.path.Remove()
}

// Ready is the loop's report that datagrams wait, or that held ones can be sent.
func (p *packetSocket) Ready(mux.Events) {
	want := mux.Readable
	if err := p.serve(); err == unix.EAGAIN {
		want = mux.Writable
	} else if err != nil {
		p.echo.fail(err)
		return
	}
	if err := p.echo.loop.Watch(p.fd, want, p); err != nil {
		p.echo.fail(err)
	}
}

// batchBudget bounds the batches of one step.
const batchBudget = 8

// serve sends the rest of the last batch, then receives and sends more batches. EAGAIN means that
// the socket takes nothing now, and that a batch is held.
func (p *packetSocket) serve() error {
	if err := p.send(); err != nil {
		return err
	}
	for range batchBudget {
		if err := p.batch.receive(p.fd); err == unix.EAGAIN {
			return nil
		} else if err != nil {
			return err
		}
		if err := p.send(); err != nil {
			return err
		}
	}
	return nil
}

func (p *packetSocket) send() error {
	for {
		bytes, err := p.batch.send(p.fd)
		p.echo.Totals.Bytes += bytes
		if err != unix.EAGAIN || !p.isUnix {
			return err
		}
		p.batch.skip() // the receiver's queue is full, and no readiness of our socket would tell of room
	}
}
