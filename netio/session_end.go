package netio

import (
	"errors"

	"golang.org/x/sys/unix"
)

// hangUp is told of a connection that hung up while nothing was asked of it.
func (s *Session) hangUp(c *Conn) {
	switch {
	case s.finished || s.settler != nil || c == s.in: // stdin's next read tells
	case c == s.out && s.options.OutputMayEnd:
		s.recv.fail(nil)
		s.out.Close() // or it would be reported again and again
	case c == s.out && s.options.ReaderMayGo && s.nothingLost():
		s.recv.fail(nil)
		s.send.finish()
	case c == s.out:
		s.recv.fail(c.failed("write", unix.EPIPE))
	default:
		s.peerHungUp()
	}
}

// nothingLost says whether all that has come from the peer so far has been written, and read.
func (s *Session) nothingLost() bool {
	return s.recv.mover != nil && s.recv.mover.held()+unread(s.peer.FD())+unread(s.out.FD()) == 0
}

// readerWent says whether a flow broke only because the output's reader has gone, which may happen, and nothing was lost.
// Splice finds that out even where it has nothing to move.
func (s *Session) readerWent(f *Flow) bool {
	if f == s.recv && s.options.OutputMayEnd && errors.Is(f.err, unix.EPIPE) {
		return true
	}
	went := f == s.recv && s.options.ReaderMayGo && errors.Is(f.err, unix.EPIPE) && int(f.lost)+unread(s.peer.FD())+unread(s.out.FD()) == 0
	if went {
		s.send.finish()
		s.send.step()
	}
	return went
}

// peerHungUp tells a broken connection from one that both sides have closed, where what arrived last is still held.
func (s *Session) peerHungUp() {
	err := socketError(s.peer.FD())
	if err == nil && !s.send.ended() {
		err = unix.ECONNRESET // it takes nothing any more, and somebody else was told why
	}
	if err != nil {
		err = s.peer.failed("read", err)
		s.note(err)
		s.send.fail(err)
	}
}

// InputEnds says that who writes to the input, and reads the output, has ended, though others may hold on to both. What
// the input holds is still sent.
func (s *Session) InputEnds() {
	s.in.endsDry, s.in.readReady = true, true
	s.recv.fail(nil)
	s.run()
}

// Abort ends the session for a reason from outside, after one more attempt to move what is held.
func (s *Session) Abort(err error) {
	if s.finished {
		return
	}
	if s.settler == nil {
		s.send.step()
		s.recv.step()
	}
	s.note(err)
	s.finish(err)
}

// expire ends a session whose time ran out: err says why, or is nil where that is an orderly end.
func (s *Session) expire(err error) {
	if stuck := s.stuck(); stuck != nil {
		s.Abort(stuck)
		return
	}
	s.send.finish()
	s.recv.finish()
	s.step()
	if err == nil && s.send.ended() && s.recv.ended() {
		s.run()
		return
	}
	if err == nil {
		err = ErrIdle
	}
	s.Abort(err)
}

// stuck is what a session whose time has run out loses, if it does: what an end has not taken that was its due.
func (s *Session) stuck() error {
	for _, f := range []*Flow{s.recv, s.send} {
		if f.ended() || f.mover == nil || writable(f.dst.FD()) {
			continue
		}
		held := f.mover.held()
		if f == s.recv {
			held += unread(s.peer.FD())
		}
		if held > 0 {
			return &UnwrittenError{Name: f.dst.Name(), Bytes: held}
		}
	}
	return nil
}

// settle waits until the peer's system has confirmed what was sent, and the capture is written.
func (s *Session) settle() {
	if s.err != nil {
		s.finish(s.err)
		return
	}
	s.idle.stop()
	for _, c := range []*Conn{s.peer, s.in, s.out} {
		c.forget()
	}
	s.settler = newSettler(s)
	s.settler.check()
}

func (s *Session) finish(err error) {
	if s.finished {
		return
	}
	s.finished = true
	s.idle.stop()
	s.quit.Stop()
	s.settler.stop()
	for _, f := range []*Flow{s.send, s.recv} {
		f.fail(err)
	}
	result := Result{Sent: s.send.moved, Received: s.recv.moved, PeerEnded: s.peerEnded, Lingered: s.lingered, TCP: tcpInfo(s.peer)}
	for i, f := range []*Flow{s.send, s.recv} {
		if f.moved > 0 {
			result.Movers[i] = f.mover.name()
		}
	}
	for _, c := range []*Conn{s.peer, s.in, s.out} {
		c.Close()
	}
	if tapErr := s.taps.end(err); err == nil {
		err = tapErr
	}
	result.Err = err
	s.done(result)
}
