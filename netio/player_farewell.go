package netio

import (
	"errors"
	"fmt"
	"io"
	"time"

	"gnc/netio/script"
)

// errOwnReset tells the taps that the script ended the conversation with a reset.
var errOwnReset = errors.New("reset by the script")

// bid ends a conversation after its last step, in stages. It reports whether it made progress. If
// the last step is not close or reset, bid half-closes and waits for the peer's end.
func (p *Player) bid() bool {
	switch {
	case p.stage == stagePlaying && p.part.Over: // close or reset: all bytes have gone
		if !p.resets() && !p.shut && !p.shutdown() {
			return false
		}
		p.settle()
	case p.stage == stagePlaying:
		if !p.shut && !p.halfClose() {
			return false
		}
		p.stage, p.window = stageLingering, nil
		p.patience.restart()
	case p.stage == stageLingering && p.ended:
		p.settle()
	default:
		return false
	}
	return true
}

// resets reports whether the conversation ends with a reset.
func (p *Player) resets() bool {
	last := len(p.part.Steps) - 1
	return p.at > last && last >= 0 && p.part.Steps[last].Op == script.OpReset
}

// settle waits until the peer's system has acknowledged all sent bytes and the taps have written
// theirs. A session's settler does the same.
func (p *Player) settle() {
	p.stage, p.window = stageSettling, nil
	p.patience.restart()
	p.settling.timer.Set(p.loop.Loop, 0, p.lookAgain)
}

func (p *Player) lookAgain() {
	left := p.unconfirmed()
	switch {
	case left == 1 && p.shut && p.broken != nil: // our end, which counts as a byte on Linux
		p.finish(nil)
	case left > 0 && p.broken != nil:
		p.finish(p.unacknowledged(left, cause(p.broken)))
	case left > 0, !p.taps.written():
		p.settling.again(p.loop, p.lookAgain)
	default:
		p.finish(nil)
	}
}

// unconfirmed returns how many bytes the peer's system has not acknowledged. It drops the bytes
// that the peer sends meanwhile.
func (p *Player) unconfirmed() int {
	if err := p.conn.discard(); err != nil && err != errAgain && err != io.EOF {
		p.broken = err
	}
	if p.sent == 0 {
		return 0
	}
	left, err := p.conn.unconfirmed()
	if err != nil {
		p.broken = err
	}
	return left
}

func (p *Player) unacknowledged(left int, why string) error {
	line := 0
	for _, s := range p.part.Steps {
		if s.Op == script.OpSend || s.Op == script.OpSendFile {
			line = s.Line
		}
	}
	return &ScriptFailure{Name: p.script.Name(), Line: line, Want: wantTaken,
		Instead: fmt.Sprintf("%d bytes not acknowledged, then: %s", left, why)}
}

// wantTaken is the expectation of a step that sends.
const wantTaken = "the peer to take what is sent"

// bound returns how long we wait for the peer now. 0 means no bound.
func (p *Player) bound() time.Duration {
	o := &p.options
	switch {
	case p.stage == stagePlaying && p.paused, !p.taps.room():
		return 0
	case p.stage > stagePlaying:
		return shorter(o.Linger, o.Idle)
	}
	return o.Idle
}

// expire ends a conversation in which we have waited too long for the peer. After the last step the
// peer only has to acknowledge the sent bytes.
func (p *Player) expire() {
	nothing := fmt.Sprintf("nothing for %v", p.bound())
	switch left := 0; {
	case p.stage == stageSettling:
		if left = p.unconfirmed(); left == 0 {
			p.finish(nil)
		} else {
			p.finish(p.unacknowledged(left, nothing))
		}
	case p.stage == stageLingering:
		p.settle()
		p.rest()
	case p.at < len(p.part.Steps) && p.part.Steps[p.at].Op <= script.OpExpectEnd:
		if len(p.window) > 0 {
			nothing = p.instead() + ", then " + nothing
		}
		p.fail(p.part.Steps[p.at], nothing)
	default:
		p.failLine(p.out.steps[0], wantTaken, nothing)
	}
}
