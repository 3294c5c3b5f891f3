package netio

import (
	"time"

	"gnc/netio/sock"
)

// A broadcast that is full waits for those of its clients that have not had the oldest chunk. As long as one of them takes
// something now and then it is only slow, and sets the pace. One that takes nothing is dropped after a while, unless it
// is the only client: then it holds up nobody.

// holdsUp says whether the others wait for c.
func (c *hubClient) holdsUp() bool {
	return c.place != nil && c.place.joined && len(c.hub.all.feeds) > 1 && c.hub.all.full() && c.place.isOldest()
}

// excused says that it is not for c's own idle clock that nothing moves: somebody else holds up all, or c does, whose
// patience is measured here.
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

// leastPatience is the time until somebody has held up the others for too long.
func (h *Hub) leastPatience() time.Duration {
	least := h.options.Patience
	for _, c := range h.clients {
		if c.holdsUp() {
			least = min(least, h.options.Patience-time.Since(c.place.since))
		}
	}
	return least
}

// dropStalled ends the sessions of those who have held up the others for too long. The others were not idle meanwhile.
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

// expel ends a session with a reset: an orderly end would tell the peer that it has had all.
func (s *Session) expel(err error) {
	sock.Reset(s.peer.FD())
	s.Abort(err)
}
