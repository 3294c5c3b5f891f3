package netio

import "io"

// Flow is one direction: a source, a sink, and a mover that carries the bytes between them.
type Flow struct {
	src, dst  *Conn
	mover     mover
	limit     *limiter // how much may pass, and when; nil: all, at once
	keepOpen  bool     // do not pass the end on to the sink
	state     flowState
	err       error // why it ended, nil for the source's orderly end
	moved     int64 // bytes that the sink has taken
	mostReads int   // reads after which no more is wanted; 0: no limit
	reads     int
}

// flowState is how far a flow has come. It only ever grows, and only in Flow.to.
type flowState uint8

const (
	flowOpen     flowState = iota // the source may have more
	flowDraining                  // the source has ended, or nobody wants more; held bytes are still to be given
	flowShut                      // everything was given and the end passed on
	flowDead                      // broken: err says why; held bytes are lost
)

// stepBudget bounds what one step moves, so that a fast peer cannot starve the others. What is left is reported again:
// the interest stands.
const stepBudget = 1 << 20

// newFlow connects src to dst.
func newFlow(src, dst *Conn, m mover) *Flow {
	f := &Flow{mover: m}
	f.join(src, dst)
	return f
}

// join connects src to dst. Both are tried at once, unless that could block.
func (f *Flow) join(src, dst *Conn) {
	f.src, f.dst = src, dst
	src.source, dst.sink = f, f
	src.readReady = !src.oneShot
	dst.writeReady = !dst.oneShot
}

// step moves what can be moved now, up to the budget, and returns how much the sink took.
func (f *Flow) step() int {
	before := f.moved
	for f.moved-before < stepBudget && f.fill()|f.drain() > 0 {
	}
	if f.state == flowDraining && f.mover.held() == 0 {
		f.end()
	}
	return int(f.moved - before)
}

// fill pulls once, if the flow wants more and the source may have it.
func (f *Flow) fill() int {
	if !f.wantsRead() || !f.src.readReady {
		return 0
	}
	n, err := f.mover.pull(f.src)
	f.limit.pulled(n)
	switch err {
	case nil:
		if f.reads++; f.reads == f.mostReads {
			f.to(flowDraining, nil)
		}
	case errAgain:
	case io.EOF:
		f.to(flowDraining, nil)
	default:
		f.to(flowDraining, err)
	}
	return n
}

// drain pushes once, if there is something to push and the sink may take it.
func (f *Flow) drain() int {
	if !f.wantsWrite() || !f.dst.writeReady {
		return 0
	}
	n, err := f.mover.push(f.dst, f.limit.most())
	f.moved += int64(n)
	f.limit.pushed(n)
	if err != nil && err != errAgain {
		f.to(flowDead, err)
	}
	return n
}

// end passes the source's end on, once everything it gave has been given. After a failed source it is no orderly end.
func (f *Flow) end() {
	switch {
	case f.err != nil:
		f.to(flowDead, f.err)
	case f.keepOpen:
		f.to(flowShut, nil)
	default:
		if err := f.dst.closeWrite(); err != nil {
			f.to(flowDead, err)
		} else {
			f.to(flowShut, nil)
		}
	}
}

// finish stops reading: what is held is still given.
func (f *Flow) finish() {
	if f.state == flowOpen {
		f.to(flowDraining, nil)
	}
}

// fail ends the flow for a reason from outside it.
func (f *Flow) fail(err error) {
	if !f.ended() {
		f.to(flowDead, err)
	}
}

// to is the only place where the state changes.
func (f *Flow) to(state flowState, err error) {
	if state < f.state {
		panic("netio: a flow went back")
	}
	f.state, f.err = state, err
	if f.ended() {
		f.mover.drop()
		f.limit.stop()
	}
}

func (f *Flow) ended() bool      { return f.state >= flowShut }
func (f *Flow) wantsRead() bool  { return f.state == flowOpen && f.mover.room() && f.limit.open() }
func (f *Flow) wantsWrite() bool { return !f.ended() && f.mover.held() > 0 && f.limit.open() }
