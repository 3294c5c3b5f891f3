package netio

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// hangUp handles the hang-up of a Conn for which the session had declared no interest.
func (s *Session) hangUp(c *Conn) {
	switch {
	case s.finished || s.settler != nil || c == s.in: // the next read of stdin gives the reason
	case c == s.out && s.options.Command:
		s.recv.fail(nil)
		s.giveBack()
		s.out.Close() // the loop would report it again and again
	case c == s.out && s.options.ReaderMayGo && s.nothingLost():
		s.recv.fail(nil)
		s.send.finish()
	case c == s.out:
		s.recv.fail(c.failed("write", unix.EPIPE))
	default:
		s.peerHungUp()
	}
}

// nothingLost reports whether the output's reader has read every byte that came from the peer so
// far, and the peer has taken every byte that was to be sent.
func (s *Session) nothingLost() bool {
	return s.recv.mover != nil && s.recv.mover.held()+sock.Unread(s.peer.FD())+sock.Unread(s.out.FD())+s.owed() == 0
}

// readerWent reports whether f broke only because the output's reader has gone, and may go. A
// command may stop reading at any time. With ReaderMayGo a reader may go as long as nothing is
// lost. splice reports EPIPE even if it has nothing to move.
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

// peerHungUp fails the sending flow if the connection is broken. A connection that both sides have
// closed is not: it still holds the bytes that arrived last.
func (s *Session) peerHungUp() {
	err := sock.Error(s.peer.FD())
	if err == nil && !s.peer.confirms && s.owed() == 0 { // a Unix socket whose peer has closed, after it has read all
		s.send.finish()
		return
	}
	if err == nil && !s.send.ended() {
		err = unix.ECONNRESET // the peer takes nothing, and another call has consumed the reason
	}
	if err != nil {
		op := "read"
		if err == unix.EPIPE { // the system's word for a reset after the peer's end
			op = "write"
		}
		err = s.peer.failed(op, err)
		s.note(err)
		s.send.fail(err)
	}
}

// InputEnds notes that the command that writes the input and reads the output has ended. Other
// processes may still hold both streams. The session still sends the bytes that the input holds. If
// broken is not nil, the input's end is not an orderly one, and broken is the reason.
func (s *Session) InputEnds(broken error) {
	s.in.endsDry, s.in.readReady = true, true
	s.send.broken, s.send.unsure = broken, false
	if s.send.state == flowDraining && s.send.err == nil {
		s.send.to(flowDraining, broken)
	}
	s.recv.fail(nil)
	s.run()
}

// sureAfter is how long the end of a command's output waits for the end of the command, which shows
// whether the output is complete. A command may also close its output and go on.
const sureAfter = time.Second

// awaitVerdict sets a timer once the input has ended. When it runs, the end counts as orderly.
func (s *Session) awaitVerdict() {
	if s.send.unsure && s.send.state == flowDraining && !s.verdict.Waiting() {
		s.verdict.Set(s.loop.Loop, sureAfter, func() {
			s.send.unsure = false
			s.run()
		})
	}
}

// giveBack returns to the peer's channel the bytes that the command will not read. The output must
// still be open.
func (s *Session) giveBack() {
	if memory := s.peer.is().memory; memory != nil {
		memory.takeBack(int(s.recv.lost) + sock.Unread(s.out.FD()))
	}
}

// Abort ends the session for a reason from outside. Before that it tries once more to move the held
// bytes.
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

// expire ends a session whose time ran out. err is the reason, or nil if this end is orderly.
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

// stuck returns an error that counts the bytes that would be lost because an end takes no more. It
// returns nil if there are none.
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

// unconfirmed returns err, or an error that counts the bytes that the peer's system has not
// acknowledged. On Linux our own end counts as one byte.
func (s *Session) unconfirmed(err error) error {
	if left, broken := s.peer.unconfirmed(); s.send.moved > 0 && broken == nil && left > 1 {
		return &UnwrittenError{Name: s.peer.Name(), Bytes: left}
	}
	return err
}

// settle hands the session to a settler, or finishes it if it has failed.
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
