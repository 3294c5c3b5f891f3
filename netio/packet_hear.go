package netio

import (
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// packetHearer is the channel of bound datagram sockets. With many it receives from every peer, and
// writes to the peer that it heard last, from the socket and the address that this peer sent to.
// Without many it knows only the first peer and ignores others. The Conn's descriptor is the socket
// that received the first datagram.
type packetHearer struct {
	peer      unix.Sockaddr
	to        []byte // control data: the address that the peer sent to; nil: the system chooses
	many      bool
	lossy     bool // a peer that has gone or cannot be reached does not end the Conn
	listener  *PacketListener
	connected bool  // the only socket is connected to peer
	fds       []int // of all sockets
	current   int   // the socket that heard peer
	others    bool  // the sockets besides the Conn's are watched
	room      roomTimer
}

func (h *packetHearer) read(_ int, p []byte) (int, error) {
	for range h.fds {
		fd := h.fds[0]
		n, from, to, err := sock.ReceiveFrom(fd, p, 0, sock.IsInternet(h.peer))
		h.fds = append(h.fds[1:], fd) // the next read begins with the next socket
		switch {
		case err == unix.EAGAIN:
			continue
		case h.lossy && sock.IsReport(err):
			return 0, unix.EINTR
		case err != nil:
			return 0, err
		case h.many && !h.listener.admits(fd, from):
			return 0, unix.EINTR // the next datagram may be another peer's
		case h.many:
			h.peer, h.to, h.current = from, to, fd
		case !sock.SameSockaddr(from, h.peer):
			return 0, unix.EAGAIN // it may be older than the socket's connection
		}
		return n, nil
	}
	return 0, unix.EAGAIN
}

func (h *packetHearer) remote() netip.AddrPort { return sock.AddrPort(h.current, h.peer) }

func (h *packetHearer) local() netip.AddrPort {
	if h.connected {
		return sock.LocalAddr(h.current)
	}
	return sock.Asked(h.current, h.to)
}

func (h *packetHearer) watchable(c *Conn, want mux.Events) mux.Events {
	return h.room.watchable(c, want)
}

// rewatch watches the other sockets while the Conn is read. A writer needs its own socket only.
func (h *packetHearer) rewatch(c *Conn) error {
	reads := c.want&mux.Readable != 0
	if len(h.fds) == 1 || reads == h.others {
		return nil
	}
	h.others = reads
	for _, fd := range h.fds {
		switch {
		case fd == c.FD():
		case reads:
			if err := c.loop.Watch(fd, mux.Readable, c); err != nil {
				return err
			}
		default:
			c.loop.Forget(fd)
		}
	}
	return nil
}

// close closes the sockets besides the Conn's.
func (h *packetHearer) close(c *Conn) {
	for _, fd := range slices.DeleteFunc(h.fds, func(fd int) bool { return fd == c.FD() }) {
		c.loop.Close(fd)
	}
	h.fds = nil
	h.room.timer.Stop()
}

// write sends to the peer that was heard last. If the listener serves other peers too, a datagram
// that cannot be sent is lost, as it may be on any network.
func (h *packetHearer) write(_ int, p []byte) (int, error) {
	if h.connected {
		return sock.RawSend(h.current, sock.OneDatagram(p), 0)
	}
	n, err := sock.SendTo(h.current, p, h.to, h.peer)
	h.room.tried(err == unix.EAGAIN && !sock.IsInternet(h.peer))
	if err != nil && h.lossy && sock.IsLoss(err) {
		return len(p), nil
	}
	return n, err
}

func (*packetHearer) closeWrite(*Conn) error { return nil }

// roomTimer waits for room in the queue of a Unix socket that ours is not connected to. No
// multiplexer reports that room, because our socket is always writable. So the timer tries to send
// again, at growing intervals.
type roomTimer struct {
	full bool
	backoff
}

// tried notes whether an attempt to send found the queue full.
func (r *roomTimer) tried(full bool) {
	if r.full = full; !full {
		r.pause = 0
	}
}

// watchable returns the part of want that the loop can report. For the rest it sets the timer.
func (r *roomTimer) watchable(c *Conn, want mux.Events) mux.Events {
	if !r.full || want&mux.Writable == 0 {
		return want
	}
	if !r.timer.Waiting() {
		r.again(c.loop, func() { r.tryAgain(c) })
	}
	return want &^ mux.Writable
}

func (r *roomTimer) tryAgain(c *Conn) {
	r.full, c.writeReady = false, true
	c.owner.run()
}
