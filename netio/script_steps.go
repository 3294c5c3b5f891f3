package netio

import (
	"bytes"
	"fmt"
)

// step plays one step: what there is to say of it, and whether it has been played.
func (p *Player) step(s *scriptStep) (what string, ok bool) {
	switch s.op {
	case opExpect, opExpectExactly:
		return p.expect(s)
	case opExpectEnd:
		return "", p.expectEnd(s)
	case opSend, opSendFile:
		p.out.add(s)
		return "", true
	case opDelay:
		return "", p.delay(s)
	case opHalfClose:
		return "", p.halfClose()
	}
	return "", p.out.empty() // close and reset: see bid
}

// expect looks for what a step expects at, or in, what has come.
func (p *Player) expect(s *scriptStep) (what string, ok bool) {
	var end int
	if s.op == opExpectExactly {
		same := commonPrefix(p.window, s.data)
		if same < len(s.data) && same < len(p.window) {
			p.differs(s, same)
			return "", false
		}
		end, ok = same, same == len(s.data)
	} else if at := s.pattern.FindIndex(p.window); at != nil && len(p.window) > 0 { // an empty match needs a byte, too
		end, ok = at[1], true
	}
	switch {
	case ok:
		if p.options.OnStep != nil && s.op == opExpect {
			what = ": " + excerpt(p.window[:end], int64(end))
		}
		p.window = p.window[end:]
		if len(p.window) == 0 {
			p.window = nil // and with it what was consumed
		}
	case p.ended:
		p.fail(s, p.instead())
	case len(p.window) >= scriptWindow:
		p.fail(s, p.instead()+", which is all that is searched")
	}
	return what, ok
}

func commonPrefix(p, q []byte) int {
	n := min(len(p), len(q))
	if bytes.Equal(p[:n], q[:n]) {
		return n
	}
	for i := range n {
		if p[i] != q[i] {
			return i
		}
	}
	return n
}

// differs fails a step that expects certain bytes, at the first that is another.
func (p *Player) differs(s *scriptStep, at int) {
	if at < excerptMost/2 {
		p.fail(s, p.instead())
		return
	}
	from := at - excerptMost/4
	rest := p.window[from:]
	p.fail(s, fmt.Sprintf("%s from byte %d on", excerpt(rest, int64(len(rest))), from+1))
}

func (p *Player) expectEnd(s *scriptStep) bool {
	switch {
	case len(p.window) > 0:
		p.fail(s, p.instead())
		return false
	case p.broken != nil:
		p.fail(s, cause(p.broken))
		return false
	}
	return p.ended
}

// instead is what has come and was not expected.
func (p *Player) instead() string {
	came := "nothing"
	if len(p.window) > 0 {
		came = excerpt(p.window, int64(len(p.window)))
	}
	switch {
	case p.broken != nil:
		return came + ", then: " + cause(p.broken)
	case p.ended:
		return came + ", then the end"
	}
	return came
}

// delay waits once all has gone.
func (p *Player) delay(s *scriptStep) bool {
	switch {
	case p.paused:
		p.paused = p.pause.Waiting()
		return !p.paused
	case !p.out.empty():
		return false
	}
	p.paused = true
	p.pause = p.loop.After(s.pause, p.run)
	return false
}

func (p *Player) halfClose() bool {
	if !p.out.empty() {
		return false
	}
	if !p.shutdown() {
		return false
	}
	p.taps.ended(true)
	return true
}

func (p *Player) shutdown() bool {
	if err := p.conn.closeWrite(); err != nil {
		p.finish(err)
		return false
	}
	p.shut = true
	p.conn.unguard()
	return true
}

// fail ends the conversation because the peer did not do what a step expects.
func (p *Player) fail(s *scriptStep, instead string) { p.failLine(s, s.want(), instead) }

func (p *Player) failLine(s *scriptStep, want, instead string) {
	p.finish(&ScriptFailure{Name: p.script.Name(), Line: s.line, Want: want, Instead: instead})
}
