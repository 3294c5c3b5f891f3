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

// PacketPeers serves many senders on one listener's datagram sockets. Each sender has a Conn of its own: reading gives what
// this sender has sent, and what is written goes to it from the address that it has asked. The sockets stay unconnected.
//
// What has come waits in the sender's queue, which has a bound. Beyond it UDP loses datagrams, as the system would. Unix
// sockets lose none: nothing more is received then until the sender's Conn is read. A closed Conn is forgotten, and the next
// datagram of its sender begins a new one.
type PacketPeers struct {
	loop     *Loop
	listener *PacketListener // whose sockets these were
	sockets  []*peerSocket
	heard    func(*Conn, netip.AddrPort)
	isFull   func() bool // no sender can be served now; nil: never
	fail     func(error)
	peers    map[peerKey]*packetPeer
	waiting  []*packetPeer // that have no Conn yet, the oldest first
	most     int           // how many may wait
	full     int           // peers whose queue is full
	isUnix   bool
	paused   bool      // it was full
	refuses  bool      // new senders
	pulse    mux.Timer // introduces those that wait
}

// peerSocket is one of the sockets.
type peerSocket struct {
	*PacketPeers
	fd      int
	want    mux.Events
	writers int // peers that wait until it takes more
}

// peerKey tells one sender from another. Whoever asks at two addresses is two senders: each has its answers from the
// address that it has asked. Senders without an address, which only Unix sockets have, are one.
type peerKey struct {
	socket *peerSocket
	remote netip.AddrPort // without its zone
	zone   uint32         // the zone's index
	local  netip.Addr
	path   string
}

const (
	hearBudget   = 64  // datagrams that one socket receives in one step
	peersWaiting = 128 // senders that wait, unless told
)

// Each calls heard with a new Conn for each new sender, from now on. Of the options it takes three: senders that come while it is
// Full wait until Resume, as many as Backlog says (0 is peersWaiting), and a socket that fails is an OnFailure.
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

// Resume introduces those that wait, in the next turn of the loop.
func (p *PacketPeers) Resume() error {
	p.paused = false
	p.introduceSoon()
	return nil
}

// Refuse drops what new senders send, and those that wait. The sockets are closed with the last Conn.
func (p *PacketPeers) Refuse() {
	p.refuses = true
	for _, peer := range p.waiting {
		p.drop(peer)
	}
	p.waiting = nil
	p.closeUnused()
}

// Close is Refuse, and removes a Unix socket's path. Conns that there are can still be used.
func (p *PacketPeers) Close() {
	p.Refuse()
	p.listener.path.Remove()
}

// closeUnused closes the sockets once nobody is served any more.
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

// Ready is the loop's report: datagrams have come, or those that wait to be sent can go.
func (s *peerSocket) Ready(ev mux.Events) {
	if ev&mux.Writable != 0 {
		s.sendMore()
	}
	if ev&mux.Readable != 0 {
		s.receive()
	}
	s.settle()
}

// sendMore runs the peers that wait for the socket.
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

// hears says whether more is to be received: Unix sockets lose nothing.
func (p *PacketPeers) hears() bool {
	return p.sockets != nil && !(p.isUnix && (p.full > 0 || len(p.waiting) >= p.most))
}

// deliver hands a datagram to its sender's Conn.
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

// hasRoom asks for room for one more Conn. Without it nobody asks again before Resume.
func (p *PacketPeers) hasRoom() bool {
	p.paused = p.paused || p.isFull != nil && p.isFull()
	return !p.paused
}

// introduceSoon has those that wait introduced in the next turn, so that no session begins within another's end.
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

// settle is rewatch for those who can do nothing about a failure. Whoever is told hears of it from the loop.
func (p *PacketPeers) settle() {
	if err := p.rewatch(); err != nil {
		p.loop.After(0, func() { p.fail(err) })
	}
}

// rewatch derives the interest in each socket. One of which nothing is wanted is forgotten.
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

// LastHeard is when the last datagram came of anybody who is let in; zero: none has come.
func (p *PacketListener) LastHeard() time.Time { return p.last }

// admits notes that a datagram has come, and says whether its sender is let in.
func (p *PacketListener) admits(fd int, from unix.Sockaddr) bool {
	if p.admit != nil && !p.admit(sock.AddrPort(fd, from)) {
		return false
	}
	p.last = p.loop.Now()
	return true
}
