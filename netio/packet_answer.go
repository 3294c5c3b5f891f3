package netio

import (
	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

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
