package netio

import (
	"io"

	"gnc/netio/sock"
)

// Flow is one direction: a source, a sink, and a mover that carries the bytes between them.
type Flow struct {
	src, dst *Conn
	mover    mover
	err      error // why the flow ended; nil after the source's orderly end
	broken   error // why the source's end will not be orderly, or nil
	gate     *gate // may hold the bytes back; or nil
	moved    int64 // bytes that the sink has taken
	lost     int32 // bytes that the mover held when the flow broke
	unsure   bool  // the source's end waits: it is not known yet whether it is orderly
	keepOpen bool  // do not pass the end on to the sink
	state    flowState
}

// flowState is the progress of a flow. It only ever grows, and only in Flow.to.
type flowState uint8

const (
	flowOpen     flowState = iota // the source may have more
	flowDraining                  // no more reads; the sink still gets the held bytes
	flowShut                      // the sink has all bytes, and the end
	flowDead                      // broken for the reason err; the held bytes are lost
)

// stepBudget bounds the bytes that one step reads, and those that it writes, so that a fast peer
// does not starve the others. The interest stands, so the loop reports the rest again.
const stepBudget = 1 << 20

func newFlow(src, dst *Conn, m mover) *Flow {
	f := &Flow{mover: m}
	f.join(src, dst)
	return f
}

// join connects src to dst. The first step tries both without a report of readiness, unless that
// could block the loop or stop the process.
func (f *Flow) join(src, dst *Conn) {
	f.src, f.dst = src, dst
	src.source, dst.sink = f, f
	src.readReady = !src.oneShot && !src.terminal
	dst.writeReady = !dst.oneShot
}

// step moves the bytes that can move now, up to the budget. It returns how many the sink took.
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

// fill pulls once, if the flow wants more and the source may have more.
func (f *Flow) fill() int {
	if !f.wantsRead() || !f.src.readReady {
		return 0
	}
	n, err := f.mover.pull(f.src)
	f.gate.pulled(f, n)
	f.sourceSaid(err)
	return n
}

// sourceSaid handles the source's answer, which comes from a pull or from a push of a direct mover.
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

// drain pushes once, if the mover has bytes and the sink may take them.
func (f *Flow) drain() int {
	if !f.wantsWrite() || !f.dst.writeReady {
		return 0
	}
	most := f.gate.most()
	if f.dst.packets { // a datagram goes whole; a limiter waits afterwards
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

// replaceMover replaces a mover after the kernel has refused its operation. The mover then holds no
// bytes.
func (f *Flow) replaceMover() {
	m := f.mover.(stubborn)
	f.mover = m.instead()
	m.drop()
}

// wakeSink makes the flow's owner write to a sink that has no readiness of its own.
func (f *Flow) wakeSink() {
	f.dst.writeReady = true
	f.src.owner.run()
}

// end passes the source's end on to the sink, which has taken all bytes. The end of a failed source
// is not passed on: the flow is dead.
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

// finish stops reading. The sink still gets the held bytes.
func (f *Flow) finish() {
	if f.state == flowOpen {
		f.to(flowDraining, nil)
	}
}

// fail ends the flow for a reason from outside.
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

// wantsWrite reports whether the flow has something to push. A direct mover holds no bytes, so it
// has nothing to push once the source has ended.
func (f *Flow) wantsWrite() bool {
	if f.ended() || !f.mover.pending() || !f.gate.passes() {
		return false
	}
	return f.state == flowOpen || f.mover.held() > 0
}
