package netio

import (
	"errors"
	"fmt"
	"io"
	"time"

	"gnc/netio/script"
)

// errOwnReset tells the taps that a conversation ended with a reset, as it should.
var errOwnReset = errors.New("reset by the script")

// bid ends a conversation whose steps have all been played, and says whether it got on. Unless close or reset was the
// last one, we half-close and wait for the peer's end.
func (p *Player) bid() bool {
	switch {
	case p.stage == stagePlaying && p.part.Over: // for which all has gone
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

// resets says whether the conversation ends with a reset.
func (p *Player) resets() bool {
	last := len(p.part.Steps) - 1
	return p.at > last && last >= 0 && p.part.Steps[last].Op == script.OpReset
}

// settle waits until the peer's system has acknowledged all that was sent, and what is told of it is written, as a
// session does.
func (p *Player) settle() {
	p.stage, p.window = stageSettling, nil
	p.patience.restart()
	p.settling.timer.Set(p.loop.Loop, 0, p.lookAgain)
}

func (p *Player) lookAgain() {
	left := p.unconfirmed()
	switch {
	case left == 1 && p.shut && p.broken != nil: // the end itself, which counts as a byte on Linux
		p.finish(nil)
	case left > 0 && p.broken != nil:
		p.finish(p.unacknowledged(left, cause(p.broken)))
	case left > 0, !p.taps.written():
		p.settling.again(p.loop, p.lookAgain)
	default:
		p.finish(nil)
	}
}

// unconfirmed is how many bytes the peer's system has not acknowledged. What the peer sends meanwhile is dropped.
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

// wantTaken is what is expected where something is sent.
const wantTaken = "the peer to take what is sent"

// bound is how long the peer may keep us waiting for what is waited for now; 0: for ever.
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

// expire ends a conversation whose peer has let us wait for too long. Once all has been played, nothing more is asked
// of it than to acknowledge.
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
