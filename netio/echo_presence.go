package netio

import "sync/atomic"

// Presence counts the connections of echo servers that serve side by side, each on its own loop; it belongs to all of
// those. A nil one counts nothing.
type Presence struct{ open, peak atomic.Int64 }

// Peak is how many connections there were at a time at most.
func (p *Presence) Peak() int { return int(p.peak.Load()) }

func (p *Presence) came() {
	if p == nil {
		return
	}
	n := p.open.Add(1)
	for peak := p.peak.Load(); n > peak && !p.peak.CompareAndSwap(peak, n); peak = p.peak.Load() {
	}
}

// leaves is called before the descriptor is closed: a client that has seen the end may come again, to another loop.
func (p *Presence) leaves() {
	if p != nil {
		p.open.Add(-1)
	}
}
