package netio

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// PacketPeers serves many senders on one listener's datagram sockets. Each sender has a Conn of its
// own. Reading it gives what this sender has sent. A write goes to this sender, from the address
// that it has asked. The sockets stay unconnected.
//
// A datagram waits in its sender's queue, which has a bound. Beyond the bound UDP loses datagrams,
// as the system would. Unix sockets lose none: they stop receiving until the sender's Conn is read.
// A closed Conn is forgotten, and the sender's next datagram begins a new one.
type PacketPeers struct {
	loop     *Loop
	listener *PacketListener // the former owner of the sockets
	sockets  []*peerSocket
	heard    func(*Conn, netip.AddrPort)
	isFull   func() bool // reports whether no sender can be served now; nil: never
	fail     func(error)
	peers    map[peerKey]*packetPeer
	waiting  []*packetPeer // the senders without a Conn, the oldest first
	most     int           // how many may wait
	full     int           // how many peers have a full queue
	isUnix   bool
	paused   bool      // it was full
	refuses  bool      // new senders
	pulse    mux.Timer // introduces those that wait
}

// peerSocket is one of the sockets of a PacketPeers.
type peerSocket struct {
	*PacketPeers
	fd      int
	want    mux.Events
	writers int // how many peers wait until it takes more
}

// peerKey identifies a sender. A peer that asks at two addresses is two senders: each gets its
// answers from the address that it has asked. Only Unix sockets have senders without an address,
// and all of those are one.
type peerKey struct {
	socket *peerSocket
	remote netip.AddrPort // without its zone
	zone   uint32         // the zone's index
	local  netip.Addr
	path   string
}

const (
	hearBudget   = 64  // datagrams that a socket receives in one step
	peersWaiting = 128 // how many senders can wait, by default
)

// Each calls heard with a new Conn for each new sender, from now on. It uses three of the options.
// While Full, new senders wait until Resume. At most Backlog of them wait (0: peersWaiting). A
// socket that fails calls OnFailure.
func (p *PacketListener) Each(o ListenOptions, heard func(*Conn, netip.AddrPort)) (*PacketPeers, error) {
	all := &PacketPeers{loop: p.loop, listener: p, heard: heard, isFull: o.Full, fail: o.OnFailure,
		peers: make(map[peerKey]*packetPeer), most: cmp.Or(o.Backlog, peersWaiting)}
	for _, s := range p.sockets {
		all.isUnix = !sock.LocalAddr(s.fd).IsValid()
		all.sockets = append(all.sockets, &peerSocket{PacketPeers: all, fd: s.fd})
	}
	p.sockets = nil
	return all, all.rewatch()
}

// Resume introduces the waiting senders, in the next step of the loop.
func (p *PacketPeers) Resume() error {
	p.paused = false
	p.introduceSoon()
	return nil
}

// Refuse drops waiting senders and new ones' datagrams. The sockets close with the last Conn.
func (p *PacketPeers) Refuse() {
	p.refuses = true
	for _, peer := range p.waiting {
		p.drop(peer)
	}
	p.waiting = nil
	p.closeUnused()
}

// Close refuses new senders, and removes a Unix socket's path. Open Conns still work.
func (p *PacketPeers) Close() {
	p.Refuse()
	p.listener.path.Remove()
}

// closeUnused closes the sockets once no sender is left.
func (p *PacketPeers) closeUnused() {
	if !p.refuses || len(p.peers) > 0 || p.sockets == nil {
		return
	}
	for _, s := range p.sockets {
		p.loop.Close(s.fd)
	}
	p.sockets = nil
	p.pulse.Stop()
	p.listener.path.Remove()
}

// Ready is the loop's report that datagrams have come, or that waiting peers can send.
func (s *peerSocket) Ready(ev mux.Events) {
	if ev&mux.Writable != 0 {
		s.sendMore()
	}
	if ev&mux.Readable != 0 {
		s.receive()
	}
	s.settle()
}

// sendMore runs the peers that wait until the socket takes more.
func (s *peerSocket) sendMore() {
	for _, peer := range s.peers {
		if peer.socket == s && peer.writes {
			peer.conn.writeReady = true
			peer.conn.owner.run()
		}
	}
}

func (s *peerSocket) receive() {
	buf := s.loop.buffers.get()
	defer s.loop.buffers.put(buf)
	for range hearBudget {
		if !s.hears() {
			return
		}
		n, from, to, err := sock.ReceiveFrom(s.fd, buf, 0, !s.isUnix)
		switch {
		case err == unix.EAGAIN:
			return
		case sock.IsReport(err):
			continue
		case err != nil:
			s.fail(sock.ListenFailed(s.fd, err))
			return
		}
		if s.listener.admits(s.fd, from) {
			s.deliver(from, to, slices.Clone(buf[:n]))
		}
	}
}

// hears reports whether the sockets receive now. Unix sockets stop before a datagram would be lost.
func (p *PacketPeers) hears() bool {
	return p.sockets != nil && !(p.isUnix && (p.full > 0 || len(p.waiting) >= p.most))
}

// deliver puts a datagram into its sender's queue. A new sender gets a Conn, or waits for one.
func (s *peerSocket) deliver(from unix.Sockaddr, to, data []byte) {
	key := peerKey{socket: s}
	key.remote, key.zone = sock.SplitSockaddr(from)
	key.local, _ = sock.Destination(to)
	if u, isUnix := from.(*unix.SockaddrUnix); isUnix {
		key.path = u.Name
	}
	peer := s.peers[key]
	if peer != nil {
		peer.put(data)
		peer.wake()
		return
	}
	if s.refuses || len(s.waiting) >= s.most {
		return
	}
	peer = &packetPeer{PacketPeers: s.PacketPeers, key: key, socket: s, addr: from, to: to}
	peer.put(data)
	s.peers[key] = peer
	if len(s.waiting) > 0 || !s.hasRoom() {
		s.waiting = append(s.waiting, peer)
	} else {
		peer.introduce()
	}
}

// hasRoom reports whether one more Conn can be served. If not, it does not ask again before Resume.
func (p *PacketPeers) hasRoom() bool {
	p.paused = p.paused || p.isFull != nil && p.isFull()
	return !p.paused
}

// introduceSoon introduces waiting senders from the loop, so that no session begins within another.
func (p *PacketPeers) introduceSoon() {
	switch {
	case p.paused || len(p.waiting) == 0:
	case !p.pulse.Waiting():
		p.pulse.Set(p.loop.Loop, 0, p.introduceWaiting)
	}
}

func (p *PacketPeers) introduceWaiting() {
	for len(p.waiting) > 0 && p.hasRoom() {
		peer := p.waiting[0]
		p.waiting = p.waiting[1:]
		peer.introduce()
	}
	p.settle()
}

// settle calls rewatch for callers that cannot handle its error. The loop passes it to fail.
func (p *PacketPeers) settle() {
	if err := p.rewatch(); err != nil {
		p.loop.After(0, func() { p.fail(err) })
	}
}

// rewatch derives the interest in each socket. A socket without interest is forgotten.
func (p *PacketPeers) rewatch() error {
	for _, s := range p.sockets {
		var want mux.Events
		if p.hears() {
			want |= mux.Readable
		}
		if s.writers > 0 {
			want |= mux.Writable
		}
		if want == s.want {
			continue
		}
		s.want = want
		if want == 0 {
			p.loop.Forget(s.fd)
		} else if err := p.loop.Watch(s.fd, want, s); err != nil {
			return sock.ListenFailed(s.fd, err)
		}
	}
	return nil
}

// LastHeard returns when the last datagram of an admitted peer came. Zero means none has come.
func (p *PacketListener) LastHeard() time.Time { return p.last }

// admits reports whether a datagram's sender is admitted, and notes the time if it is.
func (p *PacketListener) admits(fd int, from unix.Sockaddr) bool {
	if p.admit != nil && !p.admit(sock.AddrPort(fd, from)) {
		return false
	}
	p.last = p.loop.Now()
	return true
}
