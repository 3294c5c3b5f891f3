package netio

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// packetPeer is the channel of one sender of PacketPeers. Its Conn has no descriptor.
type packetPeer struct {
	*PacketPeers
	key       peerKey
	socket    *peerSocket
	conn      *Conn         // nil while the sender waits
	addr      unix.Sockaddr // the sender's address
	to        []byte        // control data: the address that the sender has sent to
	queue     [][]byte      // unread datagrams
	queued    int           // size of the queue, in bytes
	past      *pastReads    // for takeBack; nil: not in use
	writes    bool          // the Conn waits until the socket takes more
	gone      bool          // the Conn is closed
	queueRoom roomTimer     // waits for the receiver's queue, of a Unix socket
}

const (
	peerQueue    = 128 << 10 // a queue of this many bytes takes no more
	datagramCost = 64        // added to a datagram's bytes, so that empty ones have a bound too
)

// introduce makes the sender's Conn.
func (p *packetPeer) introduce() {
	name := "the peer"
	if p.remote().IsValid() {
		name = p.remote().String()
	}
	p.conn = &Conn{loop: p.loop, fd: -1, reader: p, writer: p, traits: &traits{group: p, addresses: p, memory: p}, packets: true, label: named(name)}
	p.heard(p.conn, p.remote())
}

func (p *packetPeer) isFull() bool { return p.queued >= peerQueue }

// put adds a datagram to the queue. A full queue drops it; only UDP datagrams get that far.
func (p *packetPeer) put(data []byte) {
	if p.isFull() {
		return
	}
	p.queue = append(p.queue, data)
	p.grow(len(data) + datagramCost)
}

// grow adds n, which can be negative, to the size of the queue.
func (p *packetPeer) grow(n int) {
	wasFull := p.isFull()
	p.queued += n
	switch {
	case wasFull && !p.isFull():
		p.full--
		p.settle()
	case !wasFull && p.isFull():
		p.full++
	}
}

// wake makes the Conn's owner read.
func (p *packetPeer) wake() {
	if p.conn != nil && p.conn.owner != nil && !p.gone {
		p.conn.readReady = true
		p.conn.owner.run()
	}
}

// read takes a datagram from the queue, or the part of it that fits.
func (p *packetPeer) read(_ int, b []byte) (int, error) {
	if len(p.queue) == 0 {
		return 0, unix.EAGAIN
	}
	first := p.queue[0]
	n := copy(b, first)
	if n < len(first) {
		p.queue[0] = first[n:]
		p.grow(-n)
	} else {
		p.queue[0], p.queue = nil, p.queue[1:]
		p.grow(-n - datagramCost)
	}
	p.past.add(first[:n])
	return n, nil
}

// write sends a datagram. If it cannot be sent to this sender, it is lost, as on any network.
func (p *packetPeer) write(_ int, b []byte) (int, error) {
	n, err := sock.SendTo(p.socket.fd, b, p.to, p.addr)
	p.queueRoom.tried(err == unix.EAGAIN && p.isUnix)
	if err != nil && sock.IsLoss(err) {
		return len(b), nil
	}
	return n, err
}

func (*packetPeer) closeWrite(*Conn) error { return nil }

func (p *packetPeer) remote() netip.AddrPort { return sock.AddrPort(p.socket.fd, p.addr) }
func (p *packetPeer) local() netip.AddrPort  { return sock.Asked(p.socket.fd, p.to) }

func (p *packetPeer) watchable(c *Conn, want mux.Events) mux.Events {
	return p.queueRoom.watchable(c, want)
}

// rewatch watches the socket for the Conn's writing. Receiving needs no interest of the Conn: the
// socket receives as long as there is room.
func (p *packetPeer) rewatch(c *Conn) error {
	p.waitToWrite(c.want&mux.Writable != 0 && !p.gone)
	return p.PacketPeers.rewatch()
}

func (p *packetPeer) waitToWrite(waits bool) {
	switch {
	case waits && !p.writes:
		p.socket.writers++
	case !waits && p.writes:
		p.socket.writers--
	}
	p.writes = waits
}

// close forgets the sender. Its unread datagrams are lost, unless takeBack kept them.
func (p *packetPeer) close(*Conn) {
	if p.gone {
		return
	}
	p.gone = true
	p.queueRoom.timer.Stop()
	p.waitToWrite(false)
	left := p.past.left(p.queue)
	p.drop(p)
	if len(left) > 0 && !p.refuses && (p.isUnix || len(p.waiting) < p.most) {
		p.comeAgain(left)
	}
	p.closeUnused()
	p.settle()
}

// drop removes a peer from the table and empties its queue.
func (p *PacketPeers) drop(peer *packetPeer) {
	peer.grow(-peer.queued)
	peer.queue = nil
	delete(p.peers, peer.key)
}

// comeAgain makes the sender wait for a new Conn, which reads the datagrams that are left.
func (p *packetPeer) comeAgain(left [][]byte) {
	next := &packetPeer{PacketPeers: p.PacketPeers, key: p.key, socket: p.socket, addr: p.addr, to: p.to}
	for _, data := range left {
		next.put(data)
	}
	p.peers[p.key] = next
	p.waiting = append(p.waiting, next)
	p.introduceSoon()
}

// pastReads are the datagrams that were read last. A command may end before it has read all of the
// bytes in its pipe. pastReads knows which datagrams these bytes are.
type pastReads struct {
	datagrams [][]byte
	size      int
	taken     bool // a datagram has reached the command
	over      bool // takeBack was called: the rest is for the next Conn
}

// pastMost is more than a pipe holds together with a datagram that waits for room.
const pastMost = 256 << 10

func (p *pastReads) add(data []byte) {
	if p == nil || p.over || len(data) == 0 {
		return
	}
	p.datagrams = append(p.datagrams, data)
	p.size += len(data)
	for p.size-len(p.datagrams[0]) >= pastMost {
		p.size -= len(p.datagrams[0])
		p.datagrams[0], p.datagrams = nil, p.datagrams[1:]
		p.taken = true
	}
}

// takeBack keeps the datagrams of the last n bytes. One that was read in part is gone.
func (p *pastReads) takeBack(n int) {
	if p.over {
		return
	}
	from := len(p.datagrams)
	for from > 0 && len(p.datagrams[from-1]) <= n {
		from--
		n -= len(p.datagrams[from])
	}
	p.taken = p.taken || from > 0
	p.datagrams, p.over = p.datagrams[from:], true
}

// left returns the datagrams for the next Conn, with those of the queue. After a command that has
// read nothing there are none: the next command would do the same, again and again.
func (p *pastReads) left(queue [][]byte) [][]byte {
	if p == nil || !p.over || !p.taken {
		return nil
	}
	return append(p.datagrams, queue...)
}

func (p *packetPeer) remember() { p.past = new(pastReads) }

func (p *packetPeer) takeBack(n int) {
	if p.past != nil {
		p.past.takeBack(n)
	}
}
