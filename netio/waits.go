package netio

import (
	"time"

	"gnc/mux"
	"gnc/netio/sock"
)

// stillness rings once nothing has moved for as long as bound says. A movement only notes the time, and costs nothing:
// the timer is set anew when it has run.
type stillness struct {
	loop  *Loop
	since time.Time            // of the last movement
	bound func() time.Duration // how long nothing may move now; 0: for ever
	ring  func()
	timer mux.Timer
}

func (s *stillness) moved() { s.since = s.loop.Now() }

// restart begins a wait of another kind, whose bound may be shorter.
func (s *stillness) restart() {
	s.moved()
	s.timer.Stop()
	s.arm()
}

// arm sets the timer, unless it waits already, for the earliest time at which it can ring.
func (s *stillness) arm() {
	if bound := s.bound(); bound > 0 && !s.timer.Waiting() {
		s.timer.Set(s.loop.Loop, time.Until(s.since.Add(bound)), s.look)
	}
}

func (s *stillness) look() {
	if bound := s.bound(); bound > 0 && time.Since(s.since) >= bound {
		s.ring()
	} else {
		s.arm()
	}
}

// backoff asks again and again for something that the system announces to nobody, at growing intervals.
type backoff struct {
	pause time.Duration
	timer mux.Timer
}

const longestPause = 64 * time.Millisecond

// again has the loop call fn after a pause that is twice the last one.
func (b *backoff) again(l *Loop, fn func()) {
	b.pause = min(max(2*b.pause, time.Millisecond), longestPause)
	b.timer.Set(l.Loop, b.pause, fn)
}

// unconfirmed is how many bytes the peer's system has not acknowledged, as far as the system tells, and why the
// connection broke, if it did.
func (c *Conn) unconfirmed() (bytes int, broken error) {
	if !c.confirms {
		return 0, nil
	}
	broken = sock.Error(c.FD())
	bytes, _ = sock.Unacknowledged(c.FD())
	return bytes, broken
}
