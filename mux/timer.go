package mux

import (
	"container/heap"
	"time"
)

// Timer is a function that a Loop calls once, at its time. The zero value is a timer that is not set. It belongs to the
// loop's goroutine, and must not be copied while it is set.
type Timer struct {
	loop *Loop
	when time.Time
	seq  uint64 // decides between equal times: first set, first run
	slot int    // from 1: the place in the heap; 0: not set
	fn   func()
}

// Set has l call fn once, d from now. It replaces what the timer was set to.
func (t *Timer) Set(l *Loop, d time.Duration, fn func()) {
	t.Stop()
	t.loop, t.fn = l, fn
	l.timerSeq++
	t.when, t.seq = time.Now().Add(max(d, 0)), l.timerSeq
	heap.Push(&l.timers, t)
}

// Stop takes the timer back. It does nothing to a timer that has run or was stopped.
func (t *Timer) Stop() {
	if t != nil && t.slot > 0 {
		heap.Remove(&t.loop.timers, t.slot-1)
	}
}

// Waiting reports whether the timer is set and has not run.
func (t *Timer) Waiting() bool { return t != nil && t.slot > 0 }

// Reset sets the timer again, whether it waits, has run or was stopped.
func (t *Timer) Reset(d time.Duration) { t.Set(t.loop, d, t.fn) }

// timers is a heap by time, for container/heap.
type timers []*Timer

func (h timers) Len() int { return len(h) }

func (h timers) Less(i, j int) bool {
	if h[i].when.Equal(h[j].when) {
		return h[i].seq < h[j].seq
	}
	return h[i].when.Before(h[j].when)
}

func (h timers) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].slot, h[j].slot = i+1, j+1
}

func (h *timers) Push(x any) {
	t := x.(*Timer)
	*h = append(*h, t)
	t.slot = len(*h)
}

func (h *timers) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	t.slot = 0
	return t
}
