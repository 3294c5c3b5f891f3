package netio

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// hangUp is told of a connection that hung up while nothing was asked of it.
func (s *Session) hangUp(c *Conn) {
	switch {
	case s.finished || s.settler != nil || c == s.in: // stdin's next read tells
	case c == s.out && s.options.Command:
		s.recv.fail(nil)
		s.giveBack()
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

// nothingLost says whether all that has come from the peer so far has been written, and read, and all that was to be
// sent has been sent.
func (s *Session) nothingLost() bool {
	return s.recv.mover != nil && s.recv.mover.held()+sock.Unread(s.peer.FD())+sock.Unread(s.out.FD())+s.owed() == 0
}

// readerWent says whether a flow broke only because the output's reader has gone, which may happen, and nothing was lost.
// Splice finds that out even where it has nothing to move.
func (s *Session) readerWent(f *Flow) bool {
	if f == s.recv && s.options.Command && errors.Is(f.err, unix.EPIPE) {
		return true
	}
	went := f == s.recv && s.options.ReaderMayGo && errors.Is(f.err, unix.EPIPE) && int(f.lost) == 0 && s.nothingLost()
	if went {
		s.send.finish()
		s.send.step()
	}
	return went
}

// peerHungUp tells a broken connection from one that both sides have closed, where what arrived last is still held.
func (s *Session) peerHungUp() {
	err := sock.Error(s.peer.FD())
	if err == nil && !s.send.ended() {
		err = unix.ECONNRESET // it takes nothing any more, and somebody else was told why
	}
	if err != nil {
		op := "read"
		if err == unix.EPIPE { // so the system words a reset that followed the peer's end
			op = "write"
		}
		err = s.peer.failed(op, err)
		s.note(err)
		s.send.fail(err)
	}
}

// InputEnds says that the command that writes to the input, and reads the output, has ended, though others may hold on
// to both. What the input holds is still sent; broken, if not nil, is why its end is no orderly one.
func (s *Session) InputEnds(broken error) {
	s.in.endsDry, s.in.readReady = true, true
	s.send.broken, s.send.unsure = broken, false
	if s.send.state == flowDraining && s.send.err == nil {
		s.send.to(flowDraining, broken)
	}
	s.recv.fail(nil)
	s.run()
}

// sureAfter is how long the end of a command's output waits for the command's own, which says what to think of it. A
// command may also close its output and go on.
const sureAfter = time.Second

// awaitVerdict sets the timer that makes sure of the input's end, once that has come.
func (s *Session) awaitVerdict() {
	if s.send.unsure && s.send.state == flowDraining && !s.verdict.Waiting() {
		s.verdict.Set(s.loop.Loop, sureAfter, func() {
			s.send.unsure = false
			s.run()
		})
	}
}

// giveBack returns to the peer's channel what a command will not read any more. It comes before the output is closed.
func (s *Session) giveBack() {
	if memory := s.peer.is().memory; memory != nil {
		memory.takeBack(int(s.recv.lost) + sock.Unread(s.out.FD()))
	}
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
	if err != nil {
		s.Abort(s.unconfirmed(err))
		return
	}
	s.send.unsure = false
	s.send.finish()
	s.recv.finish()
	s.step()
	if s.send.ended() && s.recv.ended() {
		s.run()
		return
	}
	s.Abort(ErrIdle)
}

// stuck reports the bytes that a session whose time ran out would lose because one end takes no more.
func (s *Session) stuck() error {
	lost := 0
	if f := s.recv; f.mover != nil && !f.ended() && !sock.Writable(f.dst.FD()) {
		lost = f.mover.held() + sock.Unread(s.peer.FD())
	}
	if lost > 0 {
		return &UnwrittenError{Name: s.out.Name(), Bytes: lost}
	}
	if f := s.send; f.mover != nil && !f.ended() && !sock.Writable(f.dst.FD()) {
		lost = s.owed()
	}
	if lost > 0 {
		return &UnwrittenError{Name: s.peer.Name(), Bytes: lost}
	}
	return nil
}

// unconfirmed is err, or an error that names the bytes that the peer's system has not acknowledged.
func (s *Session) unconfirmed(err error) error {
	if left, broken := s.peer.unconfirmed(); s.send.moved > 0 && broken == nil && left > 1 { // our end is a byte on Linux
		return &UnwrittenError{Name: s.peer.Name(), Bytes: left}
	}
	return err
}

// settle waits until the peer's system has confirmed what was sent, and the capture is written.
func (s *Session) settle() {
	if s.err != nil {
		s.finish(s.err)
		return
	}
	s.idle.timer.Stop()
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
	s.idle.timer.Stop()
	s.quit.Stop()
	s.rest.Stop()
	s.verdict.Stop()
	s.settler.stop()
	if s.unfinished(err) {
		s.peer.Guard()
	} else {
		s.peer.unguard()
	}
	for _, f := range []*Flow{s.send, s.recv} {
		f.fail(err)
	}
	s.giveBack()
	result := Result{Sent: s.send.moved, Received: s.recv.moved, PeerEnded: s.peerEnded, Lingered: s.lingered, TCP: s.peer.tcpInfo()}
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
