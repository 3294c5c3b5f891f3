package netio

import "slices"

// turn orders the flows that share a sink. One flow at a time holds the turn, from a read until the
// sink has taken all bytes of that read, so that reads do not mix. Another flow waits in line, and
// does not read meanwhile. So of many flows to a slow sink only one holds a buffer. A nil turn is
// always free.
type turn struct {
	holder *Flow
	line   []*Flow
	called *Flow       // the flow that next has taken from the line and lets read
	room   func() bool // reports whether the sink takes bytes now
	wake   func()      // makes the owner call next soon
}

// admits reports whether f may read now.
func (t *turn) admits(f *Flow) bool {
	switch {
	case t == nil || t.holder == f:
		return true
	case t.holder != nil || !t.room():
		return false
	}
	return len(t.line) == 0 || t.called == f
}

// ask puts f in line if only the turn keeps f from reading.
func (t *turn) ask(f *Flow) {
	if t != nil && f.state == flowOpen && f.mover.room() && f.gate.passes() && !t.admits(f) && !slices.Contains(t.line, f) {
		t.line = append(t.line, f)
	}
}

// take gives the turn to f, which has read bytes.
func (t *turn) take(f *Flow) {
	if t == nil {
		return
	}
	t.holder, t.called = f, nil
}

// release frees the turn if f holds it. f has no held bytes.
func (t *turn) release(f *Flow) {
	if t == nil || t.holder != f {
		return
	}
	t.holder = nil
	if len(t.line) > 0 {
		t.wake()
	}
}

// leave removes f, which has ended.
func (t *turn) leave(f *Flow) {
	if t != nil {
		t.line = slices.DeleteFunc(t.line, func(g *Flow) bool { return g == f })
		t.release(f)
	}
}

// next lets the flows in line read, each once at most, until one of them holds the turn.
func (t *turn) next() {
	for range len(t.line) {
		if len(t.line) == 0 || t.holder != nil || !t.room() {
			return
		}
		t.called, t.line = t.line[0], t.line[1:]
		t.called.src.owner.run() // if the flow reads nothing, its source is watched again
		t.called = nil
	}
	if len(t.line) > 0 {
		t.wake()
	}
}
