package netio

import "time"

// idleBound is how long nothing may move in the session now: Idle throughout, Linger once one direction has ended, or
// LetGo once the peer's has.
func (s *Session) idleBound() time.Duration {
	return shorter(s.lingerBound(), s.options.Idle)
}

// lingerBound is the part of idleBound whose end is an orderly one; 0: none.
func (s *Session) lingerBound() time.Duration {
	switch {
	case !s.oneEnded():
		return 0
	case s.options.Linger == 0 && s.recv.ended():
		return s.options.LetGo
	}
	return s.options.Linger
}

// tooIdle ends the session, unless something else is to blame that nothing moves: other clients, or bytes that the peer
// has not taken. LetGo is for a peer to which nothing is to be sent.
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

// peerIsSilent ends what the peer sends, as its end would, and gives the other direction time to end, too. All that was
// read stays the command's; what comes from now on does not.
func (s *Session) peerIsSilent() {
	s.recv.finish()
	if memory := s.peer.is().memory; memory != nil {
		memory.takeBack(0)
	}
	s.idle.restart()
	s.run()
}

// quietFor is how long a side must be silent before a session that may end takes it for done: the writer of a pipe is
// often behind its reader for a moment, and a server thinks before it answers. nc.openbsd waits without bound for both.
const quietFor = time.Second

// inputRests reports whether the input has nothing to be sent at once. One that has given something may only be slow:
// it must have been quiet for a while. Nobody waits for a person.
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

// noisyFor is how much longer nothing must move before the session counts as quiet.
func (s *Session) noisyFor() time.Duration { return quietFor - time.Since(s.idle.since) }

// quitSoon sets the timer of SessionOptions.Quit once what is sent has ended.
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
