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
