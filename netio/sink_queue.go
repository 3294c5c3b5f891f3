package netio

import "slices"

// turn orders the flows that share a sink: one at a time has it, from a read until the sink has taken all that the read
// brought, so that no two reads mix. Who finds it taken waits in line, and is not read meanwhile: of many flows to a slow
// sink, one holds a buffer. A nil turn is always free.
type turn struct {
	holder *Flow
	line   []*Flow
	called *Flow       // the first of the line, which next lets read
	room   func() bool // whether the sink takes anything now
	wake   func()      // has the owner call next soon
}

// admits says whether f may read now.
func (t *turn) admits(f *Flow) bool {
	switch {
	case t == nil || t.holder == f:
		return true
	case t.holder != nil || !t.room():
		return false
	}
	return len(t.line) == 0 || t.called == f
}

// ask puts f in line if the turn is all that keeps it from reading.
func (t *turn) ask(f *Flow) {
	if t != nil && f.state == flowOpen && f.mover.room() && f.gate.passes() && !t.admits(f) && !slices.Contains(t.line, f) {
		t.line = append(t.line, f)
	}
}

// take is told that f has read something.
func (t *turn) take(f *Flow) {
	if t == nil {
		return
	}
	t.holder, t.called = f, nil
}

// release is told that f holds nothing any more.
func (t *turn) release(f *Flow) {
	if t == nil || t.holder != f {
		return
	}
	t.holder = nil
	if len(t.line) > 0 {
		t.wake()
	}
}

// leave is told that f has ended.
func (t *turn) leave(f *Flow) {
	if t != nil {
		t.line = slices.DeleteFunc(t.line, func(g *Flow) bool { return g == f })
		t.release(f)
	}
}

// next lets those in line read, each once at most, until one holds the turn.
func (t *turn) next() {
	for range len(t.line) {
		if len(t.line) == 0 || t.holder != nil || !t.room() {
			return
		}
		t.called, t.line = t.line[0], t.line[1:]
		t.called.src.owner.run() // without a read it is watched again
		t.called = nil
	}
	if len(t.line) > 0 {
		t.wake()
	}
}
