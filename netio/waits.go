package netio

import (
	"time"

	"gnc/mux"
	"gnc/netio/sock"
)

// stillness calls ring once nothing has moved for the time that bound returns. A movement only
// notes the time, which costs nothing. The timer is set again after it has run.
type stillness struct {
	loop  *Loop
	since time.Time            // of the last movement
	bound func() time.Duration // returns how long nothing may move now; 0: no bound
	ring  func()
	timer mux.Timer
}

func (s *stillness) moved() { s.since = s.loop.Now() }

// restart begins a new wait, whose bound may be shorter.
func (s *stillness) restart() {
	s.moved()
	s.timer.Stop()
	s.arm()
}

// arm sets the timer to the earliest time at which ring can be due, unless the timer waits already.
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

// backoff repeats a question at growing intervals. It serves facts that no system reports.
type backoff struct {
	pause time.Duration
	timer mux.Timer
}

const longestPause = 64 * time.Millisecond

// again makes the loop call fn after a pause, which is twice the last one, up to longestPause.
func (b *backoff) again(l *Loop, fn func()) {
	b.pause = min(max(2*b.pause, time.Millisecond), longestPause)
	b.timer.Set(l.Loop, b.pause, fn)
}

// unconfirmed returns how many bytes the peer's system has not acknowledged, as far as our system
// reports that. broken is the reason why the connection broke, or nil.
func (c *Conn) unconfirmed() (bytes int, broken error) {
	if !c.confirms {
		return 0, nil
	}
	broken = sock.Error(c.FD())
	bytes, _ = sock.Unacknowledged(c.FD())
	return bytes, broken
}
