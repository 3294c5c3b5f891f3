package netio

import (
	"bytes"
	"fmt"

	"gnc/netio/printable"
	"gnc/netio/script"
)

// step plays one step. ok reports whether it has been played, and what adds to its description.
func (p *Player) step(s *script.Step) (what string, ok bool) {
	switch s.Op {
	case script.OpExpect, script.OpExpectExactly:
		return p.expect(s)
	case script.OpExpectEnd:
		return "", p.expectEnd(s)
	case script.OpSend, script.OpSendFile:
		p.out.add(s)
		return "", true
	case script.OpDelay:
		return "", p.delay(s)
	case script.OpHalfClose:
		return "", p.halfClose()
	}
	return "", p.out.empty() // close and reset; see bid
}

// expect compares the window with the step's exact bytes, or searches it for the step's pattern.
func (p *Player) expect(s *script.Step) (what string, ok bool) {
	var end int
	if s.Op == script.OpExpectExactly {
		same := commonPrefix(p.window, s.Data)
		if same < len(s.Data) && same < len(p.window) {
			p.differs(s, same)
			return "", false
		}
		end, ok = same, same == len(s.Data)
	} else if at := s.Pattern.FindIndex(p.window); at != nil && len(p.window) > 0 {
		end, ok = at[1], true // an empty match needs a byte, too
	}
	switch {
	case ok:
		if p.options.OnStep != nil && s.Op == script.OpExpect {
			what = ": " + printable.Excerpt(p.window[:end], int64(end))
		}
		p.window = p.window[end:]
		if len(p.window) == 0 {
			p.window = nil // frees the consumed bytes
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

// differs fails a step that expects exact bytes. The byte at index at is the first that differs.
func (p *Player) differs(s *script.Step, at int) {
	if at < printable.ExcerptMost/2 {
		p.fail(s, p.instead())
		return
	}
	from := at - printable.ExcerptMost/4
	rest := p.window[from:]
	p.fail(s, fmt.Sprintf("%s from byte %d on", printable.Excerpt(rest, int64(len(rest))), from+1))
}

func (p *Player) expectEnd(s *script.Step) bool {
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

// instead describes the unexpected bytes or the end that came.
func (p *Player) instead() string {
	came := "nothing"
	if len(p.window) > 0 {
		came = printable.Excerpt(p.window, int64(len(p.window)))
	}
	switch {
	case p.broken != nil:
		return came + ", then: " + cause(p.broken)
	case p.ended:
		return came + ", then the end"
	}
	return came
}

// delay begins the pause once all bytes have gone. It reports whether the pause is over.
func (p *Player) delay(s *script.Step) bool {
	switch {
	case p.paused:
		p.paused = p.pause.Waiting()
		return !p.paused
	case !p.out.empty():
		return false
	}
	p.paused = true
	p.pause.Set(p.loop.Loop, s.Pause, p.run)
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

// fail ends the conversation because the peer did not meet a step's expectation.
func (p *Player) fail(s *script.Step, instead string) { p.failLine(s, s.Want(), instead) }

func (p *Player) failLine(s *script.Step, want, instead string) {
	p.finish(&ScriptFailure{Name: p.script.Name(), Line: s.Line, Want: want, Instead: instead})
}
