package netio

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

// Until says which end ends a session.
type Until uint8

const (
	UntilBoth     Until = iota // both directions have ended
	UntilReceived              // the peer's has
	UntilSent                  // ours has
	UntilEither                // the first has
)

// SessionOptions are the rules of a session. Durations of 0 mean no bound.
type SessionOptions struct {
	Until       Until
	EndWithPeer bool          // the peer's end ends the session, whatever Until says: a person sits at stdin
	NoShutdown  bool          // the end of stdin is not passed on
	SendOnly    bool          // the peer is not read
	RecvOnly    bool          // stdin is not read
	Linger      time.Duration // how long the other direction may idle once one has ended
	Idle        time.Duration // how long nothing may move
	Quit        bool          // end, in good order, QuitAfter the end of what is sent
	QuitAfter   time.Duration
	RecvLimit   int           // end after as many reads from the peer; 0: no limit
	CRLF        bool          // send each LF as CR LF
	Telnet      bool          // refuse the telnet options that the peer offers or asks for
	LinePause   time.Duration // after each line that is sent
	KeepOutput  bool          // the end from the peer is not passed on to stdout, which others will use
	ReaderMayGo bool          // that the output's reader goes while nothing is lost is an orderly end
	Rate        int64         // bytes a second at most, each direction; 0: no bound
	CopyOnly    bool          // no splice and no sendfile
	Captures    []*Capture    // get a copy of both directions
	Record      *Record       // is told what happens, if not nil
	Expect      *Expectation  // what comes from the peer ends the session once it matches, if not nil

	excused func() bool // others are to blame that nothing moves: it is not idle; nil: never
}

// Result is how a session went.
type Result struct {
	Sent, Received int64     // bytes that the peer's side of the socket, and stdout, took
	Movers         [2]string // what carried them: to the peer, from it; "" where nothing moved
	TCP            TCPInfo   // what the system knows of the connection
	PeerEnded      bool      // the session ended because the peer's direction did, with stdin still open
	Lingered       bool      // the session ended because Linger had passed
	Err            error     // nil if all that was asked for was done
}

// ErrIdle ends a session in which nothing moved for as long as SessionOptions.Idle.
var ErrIdle = errors.New("timed out: the connection was idle too long")

// UnwrittenError is an end that took nothing any more until the time ran out.
type UnwrittenError struct {
	Name  string
	Bytes int
}

func (e *UnwrittenError) Error() string {
	return fmt.Sprintf("%v; %d bytes were not written to %s", ErrIdle, e.Bytes, e.Name)
}

func (e *UnwrittenError) Unwrap() error { return ErrIdle }

// UnacknowledgedError is a connection that ended before the peer's system had confirmed all that was sent.
type UnacknowledgedError struct {
	Name  string
	Bytes int // sent, not confirmed
}

func (e *UnacknowledgedError) Error() string {
	return fmt.Sprintf("%s did not acknowledge the last %d bytes", e.Name, e.Bytes)
}

// Session joins a connection to the standard streams: one flow sends, one receives.
type Session struct {
	loop          *Loop
	peer, in, out *Conn
	send, recv    *Flow
	options       SessionOptions
	taps          taps
	done          func(Result)
	err           error // the first thing that went wrong, though bytes may still be delivered
	peerEnded     bool
	lingered      bool
	settler       *settler
	idle          *idleClock
	quit          *mux.Timer // of SessionOptions.Quit, nil until what is sent has ended
	finished      bool
}

// NewSession begins to move bytes between peer and the streams in and out, and calls done at the end. It closes all
// three.
func NewSession(l *Loop, peer, in, out *Conn, o SessionOptions, done func(Result)) *Session {
	s := &Session{loop: l, peer: peer, in: in, out: out, options: o, taps: o.taps(), done: done}
	peer.owner, in.owner, out.owner = s, s, s
	s.send, s.recv = &Flow{state: flowShut}, &Flow{state: flowShut}
	if !o.RecvOnly {
		s.send = newFlow(in, peer, s.mover(in, peer))
		s.send.keepOpen = o.NoShutdown
	}
	if !o.SendOnly {
		s.recv = newFlow(peer, out, s.mover(peer, out))
		s.recv.keepOpen = o.KeepOutput
		if o.RecvLimit > 0 {
			s.recv.gated().reads = o.RecvLimit
		}
	}
	s.taps.begin(l, s.run)
	if o.Rate > 0 {
		for _, f := range s.inUse() {
			newLimiter(f, o.Rate, nil)
		}
	}
	if shared, ok := out.channel.(sharedSink); ok && s.recv.mover != nil {
		gate := s.recv.gated()
		gate.turn, _ = shared.terms()
		if m, ok := s.recv.mover.(*inspected); ok {
			m.ration = gate.limit
		}
	}
	if m, ok := s.send.mover.(*inspected); ok && m.pause > 0 {
		if s.send.gated().limit == nil {
			newLimiter(s.send, 0, nil)
		}
		m.limit = s.send.gate.limit
	}
	s.idle = newIdleClock(s)
	s.run()
	return s
}

// taps are those that the options ask for.
func (o *SessionOptions) taps() (ts taps) {
	for _, c := range o.Captures {
		ts = append(ts, c)
	}
	if o.Record != nil {
		ts = append(ts, o.Record)
	}
	return ts
}

// inUse are the flows of the directions that are used.
func (s *Session) inUse() []*Flow {
	var flows []*Flow
	for _, f := range []*Flow{s.send, s.recv} {
		if f.mover != nil {
			flows = append(flows, f)
		}
	}
	return flows
}

// Moved is how many bytes have gone to the peer, and come from it, so far.
func (s *Session) Moved() (sent, received int64) { return s.send.moved, s.recv.moved }

// run moves what can be moved, then sees whether the session is over.
func (s *Session) run() {
	if s.finished || s.settler != nil {
		return
	}
	s.step()
	for _, f := range []*Flow{s.send, s.recv} {
		if f.ended() && f.err != nil && !s.readerWent(f) {
			s.note(f.err)
		}
	}
	if err := s.taps.failure(); err != nil {
		s.note(err)
	}
	if s.options.Quit && s.quit == nil && s.send.ended() {
		s.quit = s.loop.After(s.options.QuitAfter, func() { s.expire(nil) })
	}
	switch {
	case s.mustEnd():
		s.finish(s.err)
		return
	case s.over():
		s.send.finish()
		s.recv.finish()
		s.step()
	}
	if s.send.ended() && s.recv.ended() {
		s.settle()
		return
	}
	for _, c := range []*Conn{s.peer, s.in, s.out} {
		if err := c.rewatch(); err != nil {
			s.finish(err)
			return
		}
	}
}

func (s *Session) step() {
	moved := s.send.step() + s.recv.step()
	s.idle.update(moved > 0)
}

// oneEnded says whether a direction that was in use has ended.
func (s *Session) oneEnded() bool {
	return s.send.ended() && !s.options.RecvOnly || s.recv.ended() && !s.options.SendOnly
}

// over says whether the session has had all it waits for. A direction that is not used has ended from the start.
func (s *Session) over() bool {
	sent, received := s.send.ended(), s.recv.ended()
	s.peerEnded = s.peerEnded || s.options.EndWithPeer && received && !sent && !s.options.SendOnly
	switch {
	case s.peerEnded, received && s.options.RecvLimit > 0, s.options.Expect != nil && s.options.Expect.met:
		return true
	case s.options.Until == UntilReceived:
		return received
	case s.options.Until == UntilSent:
		return sent
	case s.options.Until == UntilEither:
		return s.oneEnded()
	}
	return sent && received
}

// mustEnd says whether what went wrong ends the session at once. It does, but for one case: when the peer no longer
// takes what we send, what it sent before is still delivered, and then the receiving flow ends too.
func (s *Session) mustEnd() bool {
	var op *OpError
	switch {
	case s.err == nil:
		return false
	case s.recv.ended():
		return true
	case errors.As(s.err, &op):
		return op.Local
	}
	return true
}

func (s *Session) note(err error) {
	if s.err == nil {
		s.err = err
	}
}

// hangUp is told of a connection that hung up while nothing was asked of it.
func (s *Session) hangUp(c *Conn) {
	switch {
	case s.finished || s.settler != nil || c == s.in: // stdin's next read tells
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
	return s.recv.mover != nil && s.recv.mover.held()+unread(s.peer)+unread(s.out) == 0
}

// unread is how many bytes wait in a socket, or in a pipe for its reader.
func unread(c *Conn) int {
	n, _ := unix.IoctlGetInt(c.FD(), fionread)
	return n
}

// writable asks the system, because who splices may not know which of two ends has kept it waiting.
func writable(c *Conn) bool {
	fds := []unix.PollFd{{Fd: c.fd, Events: unix.POLLOUT}}
	n, err := unix.Poll(fds, 0)
	return err != nil || n > 0
}

// readerWent says whether a flow broke only because the output's reader has gone, which may happen, and nothing was lost.
// Splice finds that out even where it has nothing to move.
func (s *Session) readerWent(f *Flow) bool {
	went := f == s.recv && s.options.ReaderMayGo && errors.Is(f.err, unix.EPIPE) && int(f.lost)+unread(s.peer)+unread(s.out) == 0
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
		if f.ended() || f.mover == nil || writable(f.dst) {
			continue
		}
		held := f.mover.held()
		if f == s.recv {
			held += unread(s.peer)
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
