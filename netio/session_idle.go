package netio

import "time"

// idleBound returns how long nothing may move in the session now: the shorter of Idle and
// lingerBound.
func (s *Session) idleBound() time.Duration {
	return shorter(s.lingerBound(), s.options.Idle)
}

// lingerBound returns the bound whose end is an orderly one. It is Linger once one direction has
// ended. Without Linger it is LetGo once the peer's direction has ended. 0 means no bound.
func (s *Session) lingerBound() time.Duration {
	switch {
	case !s.oneEnded():
		return 0
	case s.options.Linger == 0 && s.recv.ended():
		return s.options.LetGo
	}
	return s.options.Linger
}

// tooIdle ends the session. It only restarts the wait if other clients keep the bytes from moving,
// or if LetGo ran out while bytes for the peer are at hand.
func (s *Session) tooIdle() {
	orderly := s.lingerBound() > 0 && s.lingerBound() == s.idleBound()
	excused := s.options.excused != nil && s.options.excused()
	switch {
	case excused, orderly && s.options.Linger == 0 && s.owed() > 0:
		s.idle.restart()
	case orderly:
		s.lingered = true
		s.expire(nil)
	case s.options.SilenceEnds && s.recv.state == flowOpen:
		s.peerIsSilent()
	default:
		s.expire(ErrIdle)
	}
}

// peerIsSilent ends the receiving flow, as the peer's end would, and gives the sending flow time to
// end too. The command keeps the bytes that were read. Later bytes are not for it.
func (s *Session) peerIsSilent() {
	s.recv.finish()
	if memory := s.peer.is().memory; memory != nil {
		memory.takeBack(0)
	}
	s.idle.restart()
	s.run()
}

// quietFor is how long a side must be silent before a session that may end counts it as done. The
// writer of a pipe is often behind its reader for a moment, and a server needs time to answer.
// nc.openbsd waits without bound for both.
const quietFor = time.Second

// inputRests reports whether the input has no bytes at hand. An input that has given bytes may only
// be slow, so it rests after quietFor. A terminal rests at once: the session does not wait for a
// person.
func (s *Session) inputRests() bool {
	switch {
	case s.send.ended():
		return true
	case s.owed() > 0:
		return false
	case s.send.moved == 0, s.in.terminal:
		return true
	}
	left := s.noisyFor()
	if left > 0 && !s.rest.Waiting() {
		s.rest.Set(s.loop.Loop, left, s.run)
	}
	return left <= 0
}

// noisyFor returns how much longer nothing must move before the session counts as quiet.
func (s *Session) noisyFor() time.Duration { return quietFor - time.Since(s.idle.since) }

// quitSoon sets the timer of SessionOptions.Quit once the sending flow has ended.
func (s *Session) quitSoon() {
	if s.options.Quit && s.send.ended() && !s.quit.Waiting() {
		s.quit.Set(s.loop.Loop, s.options.QuitAfter, s.timeToQuit)
	}
}

func (s *Session) timeToQuit() {
	if left := s.noisyFor(); s.options.QuitQuiet && left > 0 {
		s.quit.Reset(left)
		return
	}
	s.expire(nil)
}
