package mux

import (
	"container/heap"
	"time"
)

// Timer is a function that a Loop calls once, at its time. It belongs to the loop's goroutine.
type Timer struct {
	loop *Loop
	when time.Time
	seq  uint64 // decides between equal times: first set, first run
	slot int    // index in the heap, or -1 when not set
	fn   func()
}

// Stop takes the timer back. It does nothing to a timer that has run or was stopped.
func (t *Timer) Stop() {
	if t != nil && t.slot >= 0 {
		heap.Remove(&t.loop.timers, t.slot)
	}
}

// Waiting reports whether the timer is set and has not run.
func (t *Timer) Waiting() bool { return t != nil && t.slot >= 0 }

// Reset sets the timer again, whether it waits, has run or was stopped.
func (t *Timer) Reset(d time.Duration) {
	t.Stop()
	l := t.loop
	l.timerSeq++
	t.when, t.seq = time.Now().Add(max(d, 0)), l.timerSeq
	heap.Push(&l.timers, t)
}

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
	h[i].slot, h[j].slot = i, j
}

func (h *timers) Push(x any) {
	t := x.(*Timer)
	t.slot = len(*h)
	*h = append(*h, t)
}

func (h *timers) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	t.slot = -1
	return t
}
