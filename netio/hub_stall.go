package netio

import (
	"time"

	"gnc/netio/sock"
)

// A full broadcast waits for the clients that have not had the oldest chunk. A client that takes
// some bytes now and then is only slow, and sets the pace. The hub drops a client that takes none
// for HubOptions.Patience. A client that is alone holds up nobody, and is not dropped.

// holdsUp reports whether the other clients wait for c.
func (c *hubClient) holdsUp() bool {
	return c.place != nil && c.place.joined && len(c.hub.all.feeds) > 1 && c.hub.all.full() && c.place.isOldest()
}

// excused reports whether the idle time of c must not count. Either another client holds up all, or
// c does, and then Patience bounds it.
func (c *hubClient) excused() bool {
	return c.holdsUp() || c.hub.all.full() && c.place.peek() == nil
}

// watchStall sets the timer while the broadcast is full.
func (h *Hub) watchStall() {
	if h.options.Patience == 0 || !h.all.full() || len(h.all.feeds) < 2 {
		return
	}
	if !h.stall.Waiting() {
		h.stall.Set(h.loop.Loop, h.leastPatience(), h.dropStalled)
	}
}

// leastPatience returns the time until a client will have held up the others for too long.
func (h *Hub) leastPatience() time.Duration {
	least := h.options.Patience
	for _, c := range h.clients {
		if c.holdsUp() {
			least = min(least, h.options.Patience-time.Since(c.place.since))
		}
	}
	return least
}

// dropStalled ends the sessions of the clients that have held up the others for too long. The idle
// time of the others begins again.
func (h *Hub) dropStalled() {
	var stalled []*hubClient
	for _, c := range h.clients {
		if c.holdsUp() && time.Since(c.place.since) >= h.options.Patience {
			stalled = append(stalled, c)
		}
	}
	if len(stalled) > 0 {
		for _, c := range h.clients {
			if c.place != nil && c.excused() {
				c.session.excuse()
			}
		}
	}
	for _, c := range stalled {
		if !c.gone {
			c.session.expel(ErrHeldUp)
		}
	}
	h.watchStall()
}

// expel ends a session with a reset. After an orderly end the peer would believe that it has all
// bytes.
func (s *Session) expel(err error) {
	sock.Reset(s.peer.FD())
	s.Abort(err)
}
