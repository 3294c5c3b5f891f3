package netio

import (
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/outfile"
	"gnc/netio/script"
)

// PlayOptions are the rules of a conversation by a script. A duration of 0 means no bound.
type PlayOptions struct {
	Number   int           // of the connection, from 1; it selects a part of the script
	Idle     time.Duration // how long we wait for the peer while nothing moves
	Linger   time.Duration // the same bound after the last step
	Captures []*Capture    // each gets a copy of both directions
	Record   *Record       // records the conversation, or nil

	OnStep func(line int, what string) // called after each step, or nil
}

// ScriptFailure reports that a peer did not keep to a script.
type ScriptFailure struct {
	Name    string // of the script
	Line    int
	Want    string // the expected event
	Instead string // the event that came instead
}

func (e *ScriptFailure) Error() string {
	return fmt.Sprintf("%s:%d: expected %s, got %s", e.Name, e.Line, e.Want, e.Instead)
}

// Player plays a script on a connection. It sends as fast as the peer takes bytes, and plays later
// steps meanwhile. So two sides that both send many bytes do not wait for each other. The steps
// delay, half-close, close and reset wait until all bytes have gone.
type Player struct {
	loop    *Loop
	conn    *Conn
	script  *script.Script
	part    *script.Part
	options PlayOptions
	taps    taps
	done    func(Result)

	at       int // the index of the current step
	out      outbox
	window   []byte // bytes that came and no step has consumed
	ended    bool   // no more bytes will come
	broken   error  // why ended is true, or nil after an orderly end
	shut     bool   // we have half-closed
	pause    mux.Timer
	paused   bool // by the current step
	stage    playStage
	settling backoff
	patience stillness

	sent, received int64
}

// scriptWindow bounds the unconsumed bytes. Whenever more bytes come, the player searches all of
// them again.
const scriptWindow = 1 << 20

// playStage is the progress of a conversation. It only ever grows.
type playStage uint8

const (
	stagePlaying   playStage = iota
	stageLingering           // all steps are played, and we half-closed; later bytes are dropped
	stageSettling            // until the peer's system has acknowledged the sent bytes
	stageOver
)

// Play plays a script on a connection. It begins in the next turn of the loop. At the end it closes
// the connection and calls done. If the peer does not keep to the script, the error is a
// *ScriptFailure.
func Play(l *Loop, conn *Conn, s *script.Script, o PlayOptions, done func(Result)) *Player {
	p := &Player{loop: l, conn: conn, script: s, part: s.PartOf(o.Number), options: o, done: done}
	p.taps = newTaps(o.Captures, o.Record)
	p.taps.begin(l, p.run)
	if conn.confirms { // TCP: pieces must arrive as they were sent
		unix.SetsockoptInt(conn.FD(), unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	if conn.packets {
		p.out.piece = conn.filePiece()
	}
	conn.owner = p
	conn.Guard()
	conn.readReady, conn.writeReady = true, true
	p.patience = stillness{loop: l, since: l.Now(), bound: p.bound, ring: p.expire}
	l.After(0, p.run)
	return p
}

// run plays, sends and receives, again and again while one of these makes progress. It sends before
// it receives. A recording keeps that order, so it never shows that a peer speaks first if the peer
// does not.
func (p *Player) run() {
	for budget := int64(stepBudget); p.stage != stageOver; {
		before, ended, empty := p.sent+p.received, p.ended, p.out.empty()
		played := p.play()
		if budget <= 0 { // the interest stands, so the loop calls again
			break
		}
		p.push()
		p.receive()
		moved := p.sent + p.received - before
		if moved == 0 && !played && p.ended == ended && p.out.empty() == empty {
			break // the end of a file moves no byte, but empties the outbox
		}
		p.patience.moved()
		budget -= moved
	}
	if p.stage != stageOver {
		p.rest()
	}
}

// rest declares the interest, and arms the timer that bounds the wait.
func (p *Player) rest() {
	if err := p.taps.failure(); err != nil {
		p.finish(err)
		return
	}
	p.patience.arm()
	var want mux.Events
	if p.listens() {
		want |= mux.Readable
	}
	if !p.out.empty() {
		want |= mux.Writable
	}
	if err := p.conn.watch(want); err != nil {
		p.finish(err)
	}
}

// listens reports whether the player wants more of the peer's bytes.
func (p *Player) listens() bool {
	return !p.ended && p.stage < stageSettling && len(p.window) < scriptWindow && p.taps.room()
}

// receive reads bytes into the window, as far as there is room. After the last step it drops them.
func (p *Player) receive() {
	buf := p.loop.buffers.get()
	defer p.loop.buffers.put(buf)
	for p.listens() && p.conn.readReady {
		n, err := p.conn.read(buf[:p.most(len(buf))])
		switch {
		case n > 0:
			p.received += int64(n)
			p.taps.add(buf[:n], false)
			if p.stage == stagePlaying {
				p.window = append(p.window, buf[:n]...)
			}
		case err == errAgain:
			return
		case err == nil: // an empty datagram
		case err == io.EOF:
			p.ended = true
			p.taps.ended(false)
		default:
			p.ended, p.broken = true, err
		}
	}
}

// most returns the bound of one read. A datagram is read whole.
func (p *Player) most(size int) int {
	if p.conn.packets {
		return size
	}
	return min(size, scriptWindow-len(p.window))
}

// push sends from the outbox as much as the connection takes.
func (p *Player) push() {
	buf := p.loop.buffers.get()
	defer p.loop.buffers.put(buf)
	for most := p.sent + stepBudget; p.stage != stageOver && p.sent < most && p.conn.writeReady && !p.out.empty(); {
		n, err := p.out.fill(buf)
		if n == 0 {
			if err != nil {
				p.finish(err)
			}
			return
		}
		sent, err := p.conn.write(buf[:n])
		if sent > 0 {
			p.sent += int64(sent)
			p.taps.add(buf[:sent], true)
			p.out.taken(sent)
		}
		if err == errAgain {
			continue
		}
		if err != nil {
			p.failLine(p.out.steps[0], wantTaken, cause(err))
			return
		}
	}
}

// cause returns the text of an error without the connection's name, which the message already has.
func cause(err error) string {
	if op, ok := errors.AsType[*OpError](err); ok {
		return op.Err.Error()
	}
	if file, ok := errors.AsType[*outfile.Error](err); ok {
		return file.Err.Error()
	}
	return err.Error()
}

// play plays steps until one has to wait. It reports whether it has played any.
func (p *Player) play() (played bool) {
	for p.stage == stagePlaying && p.at < len(p.part.Steps) {
		step := p.part.Steps[p.at]
		what, ok := p.step(step)
		if !ok {
			return played
		}
		played = true
		p.at++
		p.tell(step, what)
	}
	for p.at == len(p.part.Steps) && p.bid() {
		played = true
	}
	return played
}

func (p *Player) tell(s *script.Step, what string) {
	if p.options.OnStep != nil {
		p.options.OnStep(s.Line, fmt.Sprintf("%.200s%s", s.Text, what))
	}
}

// hangUp does nothing: the next read or write returns the reason.
func (p *Player) hangUp(*Conn) {}

// Abort ends the conversation for a reason from outside. Before that it tries once more to send the
// bytes of the outbox.
func (p *Player) Abort(err error) {
	if p.stage == stagePlaying {
		p.push()
	}
	p.finish(err)
}

func (p *Player) finish(err error) {
	if p.stage == stageOver {
		return
	}
	p.stage = stageOver
	p.pause.Stop()
	p.settling.timer.Stop()
	p.patience.timer.Stop()
	result := Result{Sent: p.sent, Received: p.received, TCP: p.conn.tcpInfo(), Err: err}
	for i, n := range []int64{p.sent, p.received} {
		if n > 0 {
			result.Movers[i] = "script"
		}
	}
	switch {
	case err == nil && p.resets():
		resetNow(p.conn)
		err = errOwnReset
	case err != nil && !p.shut:
		p.conn.Guard()
	default:
		p.conn.unguard()
	}
	p.conn.Close()
	if tapErr := p.taps.end(err); result.Err == nil {
		result.Err = tapErr
	}
	p.done(result)
}
