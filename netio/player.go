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

// PlayOptions are the rules of a conversation that a script prescribes. Durations of 0 mean no bound.
type PlayOptions struct {
	Number   int           // which connection it is, from 1: its part of the script
	Idle     time.Duration // how long the peer may keep us waiting while nothing moves
	Linger   time.Duration // the same, once all has been played
	Captures []*Capture    // get a copy of both directions
	Record   *Record       // is told what happens, if not nil

	OnStep func(line int, what string) // is told of each step that has been played, if not nil
}

// ScriptFailure is a peer that did not keep to a script.
type ScriptFailure struct {
	Name    string // of the script
	Line    int
	Want    string // what was expected
	Instead string // what came instead
}

func (e *ScriptFailure) Error() string {
	return fmt.Sprintf("%s:%d: expected %s, got %s", e.Name, e.Line, e.Want, e.Instead)
}

// Player plays a script on a connection. What is to be sent goes out as fast as the peer takes it while later steps are
// played, so that two sides that both send much do not wait for each other; delay, half-close, close and reset wait
// until all of it has gone.
type Player struct {
	loop    *Loop
	conn    *Conn
	script  *script.Script
	part    *script.Part
	options PlayOptions
	taps    taps
	done    func(Result)

	at       int // the step that is being played
	out      outbox
	window   []byte // what came and is not consumed
	ended    bool   // nothing more will come
	broken   error  // why, where it was no orderly end
	shut     bool   // we have half-closed
	pause    mux.Timer
	paused   bool // by the step that is being played
	stage    playStage
	settling backoff
	patience stillness

	sent, received int64
}

// scriptWindow bounds what may have come and not been consumed: it is searched again whenever more comes.
const scriptWindow = 1 << 20

// playStage is how far a conversation has come. It only ever grows.
type playStage uint8

const (
	stagePlaying   playStage = iota
	stageLingering           // all has been played, and we half-closed; what still comes is dropped
	stageSettling            // until what was sent is acknowledged
	stageOver
)

// Play plays a script on a connection, which it closes. It begins in the next turn of the loop, and calls done at the end.
// A peer that does not keep to the script is a *ScriptFailure.
func Play(l *Loop, conn *Conn, s *script.Script, o PlayOptions, done func(Result)) *Player {
	p := &Player{loop: l, conn: conn, script: s, part: s.PartOf(o.Number), options: o, done: done}
	p.taps = newTaps(o.Captures, o.Record)
	p.taps.begin(l, p.run)
	if conn.confirms { // TCP; pieces are to arrive as they were sent
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

// run does all that can be done now: play, send, receive, again and again while one of them gets on. What can be sent
// goes before what has come is looked at: so it stands in a recording, which must not have a peer speak first that does
// not.
func (p *Player) run() {
	for budget := int64(stepBudget); p.stage != stageOver; {
		before, ended, empty := p.sent+p.received, p.ended, p.out.empty()
		played := p.play()
		if budget <= 0 { // the interest that stands brings us back
			break
		}
		p.push()
		p.receive()
		moved := p.sent + p.received - before
		if moved == 0 && !played && p.ended == ended && p.out.empty() == empty { // a file's end empties it, and moves nothing
			break
		}
		p.patience.moved()
		budget -= moved
	}
	if p.stage != stageOver {
		p.rest()
	}
}

// rest waits for what comes next.
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

// listens says whether more of the peer's bytes are wanted.
func (p *Player) listens() bool {
	return !p.ended && p.stage < stageSettling && len(p.window) < scriptWindow && p.taps.room()
}

// receive takes what has come into the window, as much as there is room for. After the last step it is dropped.
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

// most is how much may be read at once: a datagram is read whole.
func (p *Player) most(size int) int {
	if p.conn.packets {
		return size
	}
	return min(size, scriptWindow-len(p.window))
}

// push sends what the connection takes.
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

// cause is an error without the connection's name, which the message has already.
func cause(err error) string {
	if op, ok := errors.AsType[*OpError](err); ok {
		return op.Err.Error()
	}
	if file, ok := errors.AsType[*outfile.Error](err); ok {
		return file.Err.Error()
	}
	return err.Error()
}

// play plays steps until one has to wait, and says whether any was played.
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

// hangUp is told of a connection that hung up while nothing was asked of it: the next read or write tells why.
func (p *Player) hangUp(*Conn) {}

// Abort ends the conversation for a reason from outside, after one more attempt to send what is to be sent.
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
