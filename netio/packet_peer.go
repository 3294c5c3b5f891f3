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
	conn      *Conn         // nil while it waits
	addr      unix.Sockaddr // the sender's
	to        []byte        // control data that says which address it has asked
	queue     [][]byte      // what has come and was not read
	queued    int           // what the queue takes, in bytes
	past      *pastReads    // for takeBack; nil: nobody will ask
	writes    bool          // it waits until the socket takes more
	gone      bool          // the Conn is closed
	queueRoom roomTimer     // in the queue of a Unix socket
}

const (
	peerQueue    = 128 << 10 // bytes that a sender's queue takes, beside the last datagram
	datagramCost = 64        // what a datagram takes in a queue beside its bytes: empty ones have a bound, too
)

// introduce gives the sender its Conn.
func (p *packetPeer) introduce() {
	name := "the peer"
	if p.remote().IsValid() {
		name = p.remote().String()
	}
	p.conn = &Conn{loop: p.loop, fd: -1, reader: p, writer: p, traits: &traits{group: p, addresses: p, memory: p}, packets: true, label: named(name)}
	p.heard(p.conn, p.remote())
}

func (p *packetPeer) isFull() bool { return p.queued >= peerQueue }

// put adds a datagram to the queue. A full queue takes none: only UDP gets as far as that.
func (p *packetPeer) put(data []byte) {
	if p.isFull() {
		return
	}
	p.queue = append(p.queue, data)
	p.takes(len(data) + datagramCost)
}

// takes notes that the queue takes so many bytes more, or fewer.
func (p *packetPeer) takes(n int) {
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

// wake has the Conn's owner read.
func (p *packetPeer) wake() {
	if p.conn != nil && p.conn.owner != nil && !p.gone {
		p.conn.readReady = true
		p.conn.owner.run()
	}
}

// read takes a datagram from the queue, or as much of it as there is room for.
func (p *packetPeer) read(_ int, b []byte) (int, error) {
	if len(p.queue) == 0 {
		return 0, unix.EAGAIN
	}
	first := p.queue[0]
	n := copy(b, first)
	if n < len(first) {
		p.queue[0] = first[n:]
		p.takes(-n)
	} else {
		p.queue[0], p.queue = nil, p.queue[1:]
		p.takes(-n - datagramCost)
	}
	p.past.add(first[:n])
	return n, nil
}

// write sends a datagram. One that can't be sent to this sender is lost, as it may be on any network.
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

// rewatch has the socket watched for what the Conn waits for. What comes is received anyway, as far as there is room.
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

// close forgets the sender. What it has sent and nobody has read is lost, unless takeBack says that it is for a next Conn.
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

// drop takes a peer off the list, and empties its queue.
func (p *PacketPeers) drop(peer *packetPeer) {
	peer.takes(-peer.queued)
	peer.queue = nil
	delete(p.peers, peer.key)
}

// comeAgain has the sender wait for a new Conn that reads what is left for it.
func (p *packetPeer) comeAgain(left [][]byte) {
	next := &packetPeer{PacketPeers: p.PacketPeers, key: p.key, socket: p.socket, addr: p.addr, to: p.to}
	for _, data := range left {
		next.put(data)
	}
	p.peers[p.key] = next
	p.waiting = append(p.waiting, next)
	p.introduceSoon()
}
