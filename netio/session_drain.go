package netio

import (
	"time"

	"gnc/mux"
	"gnc/netio/sock"
)

// settler keeps a session open after its last byte until two things are true: the peer's system has confirmed all that
// was sent, and the capture is written. No multiplexer tells of the first, so the count of unconfirmed bytes is asked
// for, at growing intervals. The wait is bounded by Linger and Idle, and otherwise by TCP itself, which gives up on a
// peer that confirms nothing (tcp_retries2 in tcp(7), about 15 minutes).
type settler struct {
	session *Session
	since   time.Time
	pause   time.Duration
	timer   *mux.Timer
}

const longestPause = 64 * time.Millisecond

func newSettler(s *Session) *settler {
	return &settler{session: s, since: time.Now(), pause: time.Millisecond}
}

func (t *settler) check() {
	s := t.session
	if s.options.Command && s.recv.state == flowDead && !s.peer.packets { // unread bytes would make the close a reset
		s.peer.discard()
	}
	if !s.taps.written() {
		t.again()
		return
	}
	if !s.peer.confirms || s.send.moved == 0 {
		s.finish(nil)
		return
	}
	if err := sock.Error(s.peer.FD()); err != nil {
		s.finish(s.peer.failed("write", err))
		return
	}
	left, known := sock.Unacknowledged(s.peer.FD())
	switch bound := shorter(s.options.Linger, s.options.Idle); {
	case !known || left == 0:
		s.finish(nil)
	case bound > 0 && time.Since(t.since) >= bound:
		s.finish(&UnacknowledgedError{Name: s.peer.Name(), Bytes: left})
	default:
		t.again()
	}
}

func (t *settler) again() {
	if t.timer == nil {
		t.timer = t.session.loop.After(t.pause, t.check)
		return
	}
	t.pause = min(2*t.pause, longestPause)
	t.timer.Reset(t.pause)
}

func (t *settler) stop() {
	if t != nil {
		t.timer.Stop()
	}
}
