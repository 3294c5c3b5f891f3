package netio

import "time"

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
