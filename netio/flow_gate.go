package netio

// gate holds back the bytes of a flow for reasons that its two ends do not know. Few flows have a
// gate. A nil gate is always open.
type gate struct {
	limit *limiter // bounds how many bytes may pass, and when; nil: no bound
	turn  *turn    // of the flows that share the sink; nil: the sink is this flow's alone
	reads int      // how many reads are left; 0: no bound
}

// gated returns the flow's gate, and makes it if there is none yet.
func (f *Flow) gated() *gate {
	if f.gate == nil {
		f.gate = new(gate)
	}
	return f.gate
}

// admits reports whether f may read now.
func (g *gate) admits(f *Flow) bool { return g == nil || g.limit.open() && g.turn.admits(f) }

// passes reports whether the flow may write now.
func (g *gate) passes() bool { return g == nil || g.limit.open() }

// most returns how many bytes the flow may write now.
func (g *gate) most() int {
	if g == nil {
		return unlimited
	}
	return g.limit.most()
}

// stalled reports whether the limiter has stopped for good, so that no byte will ever pass again.
func (g *gate) stalled() bool { return g != nil && g.limit != nil && g.limit.stalled }

// pulled counts n bytes that f has read.
func (g *gate) pulled(f *Flow, n int) {
	if g == nil {
		return
	}
	g.limit.pulled(n)
	if n > 0 {
		g.turn.take(f)
	}
}

// lastRead counts a read, and reports whether it was the last that is wanted.
func (g *gate) lastRead() bool {
	if g == nil || g.reads == 0 {
		return false
	}
	g.reads--
	return g.reads == 0
}

// pushed counts n bytes that the sink of f has taken.
func (g *gate) pushed(f *Flow, n int) {
	if g == nil {
		return
	}
	g.limit.pushed(n)
	if f.mover.held() == 0 {
		g.turn.release(f)
	}
}

// stepped puts f in line for the sink once f has moved the bytes that can move now.
func (g *gate) stepped(f *Flow) {
	if g != nil {
		g.turn.ask(f)
	}
}

// left releases the limiter and the turn of f, which has ended.
func (g *gate) left(f *Flow) {
	if g != nil {
		g.limit.stop()
		g.turn.leave(f)
	}
}
