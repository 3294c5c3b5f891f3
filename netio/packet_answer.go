package netio

import (
	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// write sends to who was heard last. Where the listener is there for others too, what can't be sent to this one is lost, as it
// may be on any network.
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

// roomTimer waits for room in the queue of a Unix socket that ours is not connected to. No multiplexer tells of it: ours is
// writable all the time. So sending is tried again, at growing intervals.
type roomTimer struct {
	full bool
	backoff
}

// tried is told of an attempt to send, and whether the queue was full.
func (r *roomTimer) tried(full bool) {
	if r.full = full; !full {
		r.pause = 0
	}
}

// watchable is what of an interest in c the loop can tell. Where the rest is up to the timer, it is set.
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
