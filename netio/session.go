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
	shown, seen   *inspected     // the movers of send and recv where something must see the bytes, or nil
	answers       *telnetAnswers // nil without SessionOptions.Telnet
	done          func(Result)
	err           error // the first thing that went wrong, though bytes may still be delivered
	peerEnded     bool
	lingered      bool
	settler       *settler
	idle          stillness
	oneHasEnded   bool
	quit          mux.Timer // of SessionOptions.Quit
	verdict       mux.Timer // makes sure of the input's end
	rest          mux.Timer // looks whether the input still rests
	finished      bool
}

// NewSession moves bytes between peer and the streams in and out. It begins in the next turn of the loop, and calls done
// at the end. It closes all three.
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

// pace bounds what the flows may move, and when: by a number of reads, a rate, the turns at a sink that others have too,
// and pauses between lines.
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

// offer has the session read from its input, which has something; last: and will have no more.
func (s *Session) offer(last bool) {
	s.in.readReady, s.in.endsDry = true, last
	s.run()
}

// excuse has the session's idle time begin now: others kept it from moving.
func (s *Session) excuse() { s.idle.moved() }

// Moved is how many bytes have gone to the peer, and come from it, so far.
func (s *Session) Moved() (sent, received int64) { return s.send.moved, s.recv.moved }

// Lingered reports whether the session ended because SessionOptions.Linger had passed.
func (s *Session) Lingered() bool { return s.lingered }

// departs tells OnDeparture, if it is the peer that has ended first.
func (s *Session) departs() {
	if s.options.OnDeparture != nil && !s.send.ended() {
		s.options.OnDeparture()
	}
}

// Departed reports whether the peer has ended, and there is nothing to be sent to it now.
func (s *Session) Departed() bool {
	return !s.finished && s.settler == nil && s.recv.ended() && !s.send.ended() && s.owed() == 0
}

// Release ends the session of a peer that has departed, in order.
func (s *Session) Release() {
	s.lingered = true
	s.expire(nil)
}

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

// mustEnd says whether what went wrong ends the session at once. It does, but for one case: when the peer no longer
// takes what we send, what it sent before is still delivered, and then the receiving flow ends too. That of datagrams has
// no end: where they are refused, none may be left.
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
