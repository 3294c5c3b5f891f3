package netio

import (
	"errors"
	"time"

	"gnc/mux"
	"gnc/netio/sock"
)

// Session joins a connection to the standard streams: one flow sends, one receives.
type Session struct {
	loop          *Loop
	peer, in, out *Conn
	send, recv    *Flow
	options       SessionOptions
	taps          taps
	shown, seen   *inspected     // the movers of send and recv if something inspects the bytes, or nil
	answers       *telnetAnswers // nil without SessionOptions.Telnet
	done          func(Result)
	err           error // the first failure; bytes may still be delivered after it
	peerEnded     bool
	lingered      bool
	settler       *settler
	idle          stillness
	oneHasEnded   bool
	quit          mux.Timer // of SessionOptions.Quit
	verdict       mux.Timer // ends the wait for the command's exit; see awaitVerdict
	rest          mux.Timer // checks whether the input still rests; see inputRests
	finished      bool
}

// NewSession moves bytes between peer and the streams in and out. It begins in the next turn of the
// loop. At the end it closes all three Conns and calls done.
func NewSession(l *Loop, peer, in, out *Conn, o SessionOptions, done func(Result)) *Session {
	s := &Session{loop: l, peer: peer, in: in, out: out, options: o, taps: newTaps(o.Captures, o.Record), done: done}
	if o.Telnet {
		s.answers = &telnetAnswers{doubles: o.TelnetData}
	}
	peer.owner, in.owner, out.owner = s, s, s
	s.send, s.recv = &Flow{state: flowShut}, &Flow{state: flowShut}
	if !o.RecvOnly {
		if peer.confirms {
			sock.Unpace(peer.FD())
		}
		if o.Unfinished == UnfinishedResets {
			peer.Guard()
		}
		s.send = newFlow(in, peer, s.mover(in, peer))
		s.send.keepOpen, s.send.unsure = o.NoShutdown, o.Command
	}
	if !o.SendOnly {
		s.recv = newFlow(peer, out, s.mover(peer, out))
		s.recv.keepOpen = o.KeepOutput
	}
	if memory := peer.is().memory; memory != nil && o.Command {
		memory.remember()
	}
	s.taps.begin(l, s.run)
	s.pace()
	s.idle = stillness{loop: l, since: time.Now(), bound: s.idleBound, ring: s.tooIdle}
	s.idle.arm()
	l.After(0, s.run)
	return s
}

// pace sets the bounds of the flows: a number of reads, a rate, the turn at a sink that several
// sessions share, and a pause after each line.
func (s *Session) pace() {
	if s.options.RecvLimit > 0 {
		s.recv.gated().reads = s.options.RecvLimit
	}
	if s.options.Rate > 0 {
		for _, f := range s.inUse() {
			newLimiter(f, s.options.Rate, nil)
		}
	}
	if turn := s.out.is().turn; turn != nil && s.recv.mover != nil {
		s.recv.gated().turn = turn
		if s.seen != nil {
			s.seen.ration = s.recv.gate.limit
		}
	}
	if s.shown != nil && s.shown.pause > 0 {
		if s.send.gated().limit == nil {
			newLimiter(s.send, 0, nil)
		}
		s.shown.limit = s.send.gate.limit
	}
}

// inUse returns the flows of the directions that this session uses.
func (s *Session) inUse() []*Flow {
	var flows []*Flow
	for _, f := range []*Flow{s.send, s.recv} {
		if f.mover != nil {
			flows = append(flows, f)
		}
	}
	return flows
}

// offer makes the session read from its input, which has bytes. last means that no more will come.
func (s *Session) offer(last bool) {
	s.in.readReady, s.in.endsDry = true, last
	s.run()
}

// excuse restarts the session's idle time, because other clients kept its bytes from moving.
func (s *Session) excuse() { s.idle.moved() }

// Moved returns the number of bytes that went to the peer and came from it so far.
func (s *Session) Moved() (sent, received int64) { return s.send.moved, s.recv.moved }

// Lingered reports whether the session ended because SessionOptions.Linger or LetGo ran out.
func (s *Session) Lingered() bool { return s.lingered }

// departs calls OnDeparture if the peer's direction ended before ours.
func (s *Session) departs() {
	if s.options.OnDeparture != nil && !s.send.ended() {
		s.options.OnDeparture()
	}
}

// Departed reports whether the peer has ended its direction, and no bytes for it are at hand.
func (s *Session) Departed() bool {
	return !s.finished && s.settler == nil && s.recv.ended() && !s.send.ended() && s.owed() == 0
}

// Release ends the session of a departed peer in order.
func (s *Session) Release() {
	s.lingered = true
	s.expire(nil)
}

// run moves the bytes that can move now, then ends the session if it is over.
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
	s.quitSoon()
	s.awaitVerdict()
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
	if s.send.step()+s.recv.step() > 0 {
		s.idle.moved()
	}
	if !s.oneHasEnded && s.oneEnded() {
		s.oneHasEnded = true
		s.idle.restart()
		s.departs()
	}
	if s.send.state == flowShut {
		s.peer.unguard()
	}
}

// oneEnded reports whether a direction that was in use has ended.
func (s *Session) oneEnded() bool {
	return s.send.ended() && !s.options.RecvOnly || s.recv.ended() && !s.options.SendOnly
}

// over reports whether everything has happened that the session waits for. An unused direction has
// ended from the start.
func (s *Session) over() bool {
	sent, received := s.send.ended(), s.recv.ended()
	s.peerEnded = s.peerEnded || s.options.EndWithPeer && received && !sent && !s.options.SendOnly
	switch {
	case s.peerEnded, received && s.options.RecvLimit > 0, s.options.Expect != nil && s.options.Expect.met:
		return true
	case s.options.Until == UntilReceived && s.options.SendAtHand:
		return received && s.inputRests()
	case s.options.Until == UntilReceived:
		return received
	case s.options.Until == UntilSent:
		return sent
	case s.options.Until == UntilEither:
		return s.oneEnded()
	}
	return sent && received
}

// mustEnd reports whether the session's failure ends it at once. A broken connection to the peer
// does not: the session still delivers the bytes that came before, and then the receiving flow ends
// too. A flow of datagrams has no end, so a refusal ends the session once no datagram is left.
func (s *Session) mustEnd() bool {
	_, broken := errors.AsType[*OpError](s.err)
	_, refused := errors.AsType[*RefusedError](s.err)
	switch {
	case s.err == nil:
		return false
	case s.recv.ended():
		return true
	case broken:
		return false
	case refused:
		return s.recv.mover.held()+sock.Unread(s.peer.FD()) == 0
	}
	return true
}

func (s *Session) note(err error) {
	if s.err == nil {
		s.err = err
	}
}
