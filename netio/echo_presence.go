package netio

import "sync/atomic"

// Presence counts the connections of several echo servers, each on its own loop. All of them share
// it. A nil Presence counts nothing.
type Presence struct{ open, peak atomic.Int64 }

// Peak returns the highest number of connections at one time.
func (p *Presence) Peak() int { return int(p.peak.Load()) }

func (p *Presence) came() {
	if p == nil {
		return
	}
	n := p.open.Add(1)
	for peak := p.peak.Load(); n > peak && !p.peak.CompareAndSwap(peak, n); peak = p.peak.Load() {
	}
}

// leaves comes before the close: a client that has seen the end may connect to another loop.
func (p *Presence) leaves() {
	if p != nil {
		p.open.Add(-1)
	}
}
