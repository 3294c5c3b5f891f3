package netio

import (
	"time"

	"gnc/mux"
)

// idleClock bounds how long nothing may move in a session: Idle throughout, Linger once one direction has ended. It
// notes the time of each movement and sets its timer only when the last one has run, so that a movement costs nothing.
type idleClock struct {
	session *Session
	since   time.Time // of the last movement, or of the end of the first direction
	ended   bool      // one direction has ended
	timer   *mux.Timer
}

func newIdleClock(s *Session) *idleClock {
	c := &idleClock{session: s, since: time.Now()}
	c.arm()
	return c
}

// limit is how long nothing may move now, and whether that is an orderly end. 0 is no bound.
func (c *idleClock) limit() (d time.Duration, orderly bool) {
	o := &c.session.options
	if !c.ended {
		return o.Idle, false
	}
	linger := o.Linger
	if linger == 0 && c.session.recv.ended() {
		linger = o.LetGo
	}
	d = shorter(linger, o.Idle)
	return d, d > 0 && d == linger
}

// update is called after each step.
func (c *idleClock) update(moved bool) {
	if moved {
		c.since = c.session.loop.Now()
	}
	if !c.ended && c.session.oneEnded() {
		c.ended = true
		c.since = c.session.loop.Now()
		c.arm()
		c.session.departs()
	}
}

// arm sets the timer for the earliest time at which the session can be too idle.
func (c *idleClock) arm() {
	d, _ := c.limit()
	switch {
	case d == 0:
		c.stop()
	case c.timer == nil:
		c.timer = c.session.loop.After(time.Until(c.since.Add(d)), c.ring)
	default:
		c.timer.Reset(time.Until(c.since.Add(d)))
	}
}

func (c *idleClock) ring() {
	d, orderly := c.limit()
	if excused := c.session.options.excused; excused != nil && excused() {
		c.since = time.Now()
	}
	owed := c.session.options.Linger == 0 && orderly && c.session.owed() > 0 // LetGo is for those whom nothing is to be sent
	if owed {
		c.since = time.Now()
	}
	switch {
	case time.Since(c.since) < d:
		c.arm()
	case orderly:
		c.session.lingered = true
		c.session.expire(nil)
	case c.session.options.SilenceEnds && c.session.recv.state == flowOpen:
		c.session.peerIsSilent()
	default:
		c.session.expire(ErrIdle)
	}
}

// peerIsSilent ends what the peer sends, as its end would, and gives the other direction time to end, too. All that was read
// is the command's still; what comes from now on is not.
func (s *Session) peerIsSilent() {
	s.idle.since = time.Now()
	s.recv.finish()
	if peer, ok := s.peer.channel.(returnable); ok {
		peer.takeBack(0)
	}
	s.run()
	if !s.finished && s.settler == nil {
		s.idle.arm()
	}
}

func (c *idleClock) stop() { c.timer.Stop() }
