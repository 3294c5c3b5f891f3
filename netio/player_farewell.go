package netio

import (
	"errors"
	"fmt"
	"io"
	"time"

	"gnc/mux"
	"gnc/netio/script"
	"gnc/netio/sock"
)

// errOwnReset tells the taps that a conversation ended with a reset, as it should.
var errOwnReset = errors.New("reset by the script")

// bid ends a conversation whose steps have all been played, and says whether it got on. Unless close or reset was the
// last one, we half-close and wait for the peer's end.
func (p *Player) bid() bool {
	switch {
	case p.stage == stagePlaying && p.PartOf.Over: // for which all has gone
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
	last := len(p.PartOf.Steps) - 1
	return p.at > last && last >= 0 && p.PartOf.Steps[last].Op == script.OpReset
}

// settle waits until the peer's system has acknowledged all that was sent, and what is told of it is written, as a
// session does.
func (p *Player) settle() {
	p.stage, p.window = stageSettling, nil
	p.patience.restart()
	pause := time.Millisecond
	p.settling = p.loop.After(0, func() {
		left := p.unconfirmed()
		switch {
		case left == 1 && p.shut && p.broken != nil: // the end itself, which counts as a byte on Linux
			p.finish(nil)
		case left > 0 && p.broken != nil:
			p.finish(p.unacknowledged(left, cause(p.broken)))
		case left > 0, !p.taps.written():
			p.settling.Reset(pause)
			pause = min(2*pause, longestPause)
		default:
			p.finish(nil)
		}
	})
}

// unconfirmed is how many bytes the peer's system has not acknowledged. What the peer sends meanwhile is dropped.
func (p *Player) unconfirmed() int {
	if err := p.conn.discard(); err != nil && err != errAgain && err != io.EOF {
		p.broken = err
	}
	if !p.conn.confirms || p.sent == 0 {
		return 0
	}
	if err := sock.Error(p.conn.FD()); err != nil {
		p.broken = err
	}
	left, known := sock.Unacknowledged(p.conn.FD())
	if !known {
		return 0
	}
	return left
}

func (p *Player) unacknowledged(left int, why string) error {
	line := 0
	for _, s := range p.PartOf.Steps {
		if s.Op == script.OpSend || s.Op == script.OpSendFile {
			line = s.Line
		}
	}
	return &ScriptFailure{Name: p.script.Name(), Line: line, Want: wantTaken,
		Instead: fmt.Sprintf("%d bytes not acknowledged, then: %s", left, why)}
}

// wantTaken is what is expected where something is sent.
const wantTaken = "the peer to take what is sent"

// patience bounds how long a peer may keep us waiting. As it notes the time of each movement and sets its timer only
// when the last one has run, a movement costs nothing.
type patience struct {
	player *Player
	since  time.Time // of the last movement
	timer  *mux.Timer
}

// limit is how long the peer may keep us waiting for what is waited for now; 0: for ever.
func (t *patience) limit() time.Duration {
	o := &t.player.options
	switch stage := t.player.stage; {
	case stage == stagePlaying && t.player.paused, !t.player.taps.room():
		return 0
	case stage > stagePlaying:
		return shorter(o.Linger, o.Idle)
	}
	return o.Idle
}

func (t *patience) moved() { t.since = t.player.loop.Now() }

// restart is for a wait of another kind, whose limit may be shorter.
func (t *patience) restart() {
	t.moved()
	t.timer.Stop()
	t.arm()
}

// arm sets the timer for the earliest time at which patience can end.
func (t *patience) arm() {
	limit := t.limit()
	switch {
	case limit == 0 || t.timer.Waiting():
	case t.timer == nil:
		t.timer = t.player.loop.After(time.Until(t.since.Add(limit)), t.ring)
	default:
		t.timer.Reset(time.Until(t.since.Add(limit)))
	}
}

func (t *patience) ring() {
	if limit := t.limit(); limit > 0 && time.Since(t.since) >= limit {
		t.player.expire(limit)
	} else {
		t.arm()
	}
}

// expire ends a conversation whose peer has let us wait for too long. Once all has been played, nothing more is asked
// of it than to acknowledge.
func (p *Player) expire(limit time.Duration) {
	nothing := fmt.Sprintf("nothing for %v", limit)
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
	case p.at < len(p.PartOf.Steps) && p.PartOf.Steps[p.at].Op <= script.OpExpectEnd:
		if len(p.window) > 0 {
			nothing = p.instead() + ", then " + nothing
		}
		p.fail(p.PartOf.Steps[p.at], nothing)
	default:
		p.failLine(p.out.steps[0], wantTaken, nothing)
	}
}
