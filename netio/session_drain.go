package netio

import "time"

// settler keeps a session open after its last byte until the peer's system has confirmed all sent
// bytes and the capture is written. No multiplexer reports the confirmation, so the settler asks
// for the number of unconfirmed bytes, at growing intervals. Linger and Idle bound the wait.
// Without them TCP gives up on a peer that confirms nothing (tcp_retries2 in tcp(7), about 15
// minutes).
type settler struct {
	session *Session
	since   time.Time
	backoff
}

func newSettler(s *Session) *settler { return &settler{session: s, since: time.Now()} }

func (t *settler) check() {
	s := t.session
	if s.options.Command && s.recv.state == flowDead && !s.peer.packets {
		// Unread bytes would make the close a reset.
		s.peer.discard()
	}
	left, err := 0, error(nil)
	written := s.taps.written()
	if written && s.send.moved > 0 {
		left, err = s.peer.unconfirmed()
	}
	switch bound := shorter(s.options.Linger, s.options.Idle); {
	case err != nil:
		s.finish(s.peer.failed("write", err))
	case written && left == 0:
		s.finish(nil)
	case written && bound > 0 && time.Since(t.since) >= bound:
		s.finish(&UnacknowledgedError{Name: s.peer.Name(), Bytes: left})
	default:
		t.again(s.loop, t.check)
	}
}

func (t *settler) stop() {
	if t != nil {
		t.timer.Stop()
	}
}
