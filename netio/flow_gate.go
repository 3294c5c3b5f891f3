package netio

// gate is what may hold back the bytes of a flow, beside its two ends. Few flows have one; a nil gate is always open.
type gate struct {
	limit *limiter // how much may pass, and when; nil: all, at once
	turn  *turn    // of the flows that share the sink; nil: it is this one's alone
	reads int      // how many are still wanted; 0: all
}

// gated is the flow's gate, made if there is none yet.
func (f *Flow) gated() *gate {
	if f.gate == nil {
		f.gate = new(gate)
	}
	return f.gate
}

// admits says whether f may read now.
func (g *gate) admits(f *Flow) bool { return g == nil || g.limit.open() && g.turn.admits(f) }

// passes says whether f may write now, and most how much.
func (g *gate) passes() bool { return g == nil || g.limit.open() }

func (g *gate) most() int {
	if g == nil {
		return unlimited
	}
	return g.limit.most()
}

// stalled says that nothing will ever pass again.
func (g *gate) stalled() bool { return g != nil && g.limit != nil && g.limit.stalled }

// pulled is told that f has read n bytes.
func (g *gate) pulled(f *Flow, n int) {
	if g == nil {
		return
	}
	g.limit.pulled(n)
	if n > 0 {
		g.turn.take(f)
	}
}

// lastRead counts a read, and says whether it was the last that is wanted.
func (g *gate) lastRead() bool {
	if g == nil || g.reads == 0 {
		return false
	}
	g.reads--
	return g.reads == 0
}

// pushed is told that the sink of f has taken n bytes.
func (g *gate) pushed(f *Flow, n int) {
	if g == nil {
		return
	}
	g.limit.pushed(n)
	if f.mover.held() == 0 {
		g.turn.release(f)
	}
}

// stepped is told that f has moved what it can for now, and left that it has ended.
func (g *gate) stepped(f *Flow) {
	if g != nil {
		g.turn.ask(f)
	}
}

func (g *gate) left(f *Flow) {
	if g != nil {
		g.limit.stop()
		g.turn.leave(f)
	}
}
