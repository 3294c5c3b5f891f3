package netio

import (
	"time"

	"gnc/mux"
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
