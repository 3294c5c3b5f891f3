package netio

import (
	"io"

	"gnc/netio/sock"
)

// Flow is one direction: a source, a sink, and a mover that carries the bytes between them.
type Flow struct {
	src, dst *Conn
	mover    mover
	err      error // why it ended, nil for the source's orderly end
	broken   error // why the source's end will be no orderly one, or nil
	gate     *gate // what may hold the bytes back, or nil
	moved    int64 // bytes that the sink has taken
	lost     int32 // bytes that it held when it broke
	unsure   bool  // whether the source's end is an orderly one is not known yet: it is not passed on
	keepOpen bool  // do not pass the end on to the sink
	state    flowState
}

// flowState is how far a flow has come. It only ever grows, and only in Flow.to.
type flowState uint8

const (
	flowOpen     flowState = iota // the source may have more
	flowDraining                  // the source has ended, or nobody wants more; held bytes are still to be given
	flowShut                      // everything was given and the end passed on
	flowDead                      // broken: err says why; held bytes are lost
)

// stepBudget bounds what one step reads, and what it writes, so that a fast peer cannot starve the others. What is left is
// reported again: the interest stands.
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
	src.readReady = !src.oneShot && !src.terminal
	dst.writeReady = !dst.oneShot
}

// step moves what can be moved now, up to the budget, and returns how much the sink took.
func (f *Flow) step() int {
	pulled, pushed := 0, 0
	for max(pulled, pushed) < stepBudget { // a direct mover pulls nothing, a lossy one pushes nothing
		in, out := f.fill(), f.drain()
		if in == 0 && out == 0 {
			break
		}
		pulled, pushed = pulled+in, pushed+out
	}
	if f.state == flowDraining && f.mover.held() == 0 && !f.unsure {
		f.end()
	}
	f.gate.stepped(f)
	return pushed
}

// fill pulls once, if the flow wants more and the source may have it.
func (f *Flow) fill() int {
	if !f.wantsRead() || !f.src.readReady {
		return 0
	}
	n, err := f.mover.pull(f.src)
	f.gate.pulled(f, n)
	f.sourceSaid(err)
	return n
}

// sourceSaid takes an answer of the source: pull's, or that of a push that moves directly.
func (f *Flow) sourceSaid(err error) {
	switch err {
	case nil:
		if f.gate.lastRead() {
			f.to(flowDraining, nil)
		}
	case errAgain:
	case errRefused:
		f.replaceMover()
	case io.EOF:
		f.to(flowDraining, f.broken)
	default:
		f.to(flowDraining, err)
	}
}

// drain pushes once, if there is something to push and the sink may take it.
func (f *Flow) drain() int {
	if !f.wantsWrite() || !f.dst.writeReady {
		return 0
	}
	most := f.gate.most()
	if f.dst.packets { // a datagram goes whole; a rate has it paid for afterwards
		most = max(most, sock.MaxDatagram)
	}
	n, err := f.mover.push(f.dst, most)
	f.moved += int64(n)
	f.gate.pushed(f, n)
	switch err {
	case nil, errAgain:
	case errRefused, io.EOF:
		f.sourceSaid(err)
	default:
		f.to(flowDead, err)
	}
	return n
}

// replaceMover goes on with what a mover has instead of what the kernel refused. It holds nothing then.
func (f *Flow) replaceMover() {
	m := f.mover.(stubborn)
	f.mover = m.instead()
	m.drop()
}

// wakeSink has the flow's owner write to a sink that has no readiness of its own.
func (f *Flow) wakeSink() {
	f.dst.writeReady = true
	f.src.owner.run()
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
		f.lost = int32(f.mover.held())
		f.mover.drop()
		f.gate.left(f)
	}
}

func (f *Flow) ended() bool { return f.state >= flowShut }

func (f *Flow) wantsRead() bool {
	return f.state == flowOpen && f.mover.room() && f.gate.admits(f)
}

// wantsWrite: a direct mover, which holds nothing, has nothing to push once the source has ended.
func (f *Flow) wantsWrite() bool {
	if f.ended() || !f.mover.pending() || !f.gate.passes() {
		return false
	}
	return f.state == flowOpen || f.mover.held() > 0
}
