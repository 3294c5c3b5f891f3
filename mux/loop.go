package mux

import (
	"container/heap"
	"context"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// Handler handles the readiness of its descriptor. A report is a hint: see the package's promises.
type Handler interface {
	Ready(ev Events)
}

// Loop waits on one Poller and calls the handlers of ready descriptors, one after another, on one
// thread. All its methods but Post belong to that thread: they may be called before Run, from a
// handler, from a timer, or from a posted function.
type Loop struct {
	poller   Poller
	handlers table[Handler] // by descriptor; nil: none, or a crowd's
	members  table[uint8]   // by descriptor: its crowd's number, from 1; 0: none
	crowds   []func(fd int, ev Events)
	timers   timers
	timerSeq uint64
	waker    *waker
	closing  []int     // descriptors to close at the end of the batch
	batch    []Ready   // what the last wait brought; FD is -1 where CloseNow has closed it
	now      time.Time // of this batch, from the first call of Now; zero: none yet
	stopped  bool
	waits    uint64
	ready    [256]Ready
}

// NewLoop makes a loop on p. The loop owns p from then on.
func NewLoop(p Poller) (*Loop, error) {
	w, err := newWaker()
	if err != nil {
		return nil, err
	}
	l := &Loop{poller: p, waker: w}
	if err := l.Watch(w.read, Readable, w); err != nil {
		w.close()
		return nil, err
	}
	return l, nil
}

// Run serves until ctx ends, and returns its cause; or until Stop, and returns nil; or until the
// poller fails.
func (l *Loop) Run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { l.Post(l.Stop) })()
	defer func() { l.stopped = false }()
	for turns := 0; !l.stopped; turns++ {
		if turns == settledAfter {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
		}
		if err := l.turn(); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// settledAfter is the number of turns after which a loop locks its goroutine to one thread. A
// program's first lock starts another thread, which is a tenth of the time of a run that only tries
// a port.
const settledAfter = 16

// turn waits once and serves the batch of that wait: first the ready descriptors, then the timers
// that are due, then the closes that were put off.
func (l *Loop) turn() error {
	l.waits++
	n, err := l.poller.Wait(l.ready[:], l.untilTimer())
	if err != nil {
		return err
	}
	l.now = time.Time{}
	l.batch = l.ready[:n]
	for _, r := range l.batch {
		if r.FD < 0 {
			continue
		}
		if number := *l.members.at(r.FD); number != 0 {
			l.crowds[number-1](r.FD, r.Events)
		} else if h := *l.handlers.at(r.FD); h != nil {
			h.Ready(r.Events)
		}
	}
	for len(l.timers) > 0 && !l.timers[0].when.After(l.Now()) {
		heap.Pop(&l.timers).(*Timer).fn()
	}
	for _, fd := range l.closing {
		unix.Close(fd)
	}
	l.closing = l.closing[:0]
	return nil
}

// untilTimer is how long the loop may wait: until the first timer, without bound if there is none,
// not at all if it was stopped or has something to close.
func (l *Loop) untilTimer() time.Duration {
	switch {
	case l.stopped || len(l.closing) > 0:
		return 0
	case len(l.timers) == 0:
		return -1
	}
	return max(time.Until(l.timers[0].when), 0)
}

// Stop ends Run at the end of the batch; before Run, it ends the next one at once.
func (l *Loop) Stop() { l.stopped = true }

// Watch declares the whole interest in fd, and its handler. With an empty interest the handler
// still learns of hang-ups, where the backend can report them.
func (l *Loop) Watch(fd int, want Events, h Handler) error {
	if err := l.poller.Set(fd, want); err != nil {
		return err
	}
	*l.handlers.at(fd), *l.members.at(fd) = h, 0
	return nil
}

// Forget ends the interest in fd. The handler is not called again, not even for what this batch
// still holds.
func (l *Loop) Forget(fd int) {
	handled := l.handlers.take(fd) != nil
	joined := l.members.take(fd) != 0
	if handled || joined {
		l.poller.Forget(fd)
	}
}

// Handlers calls fn with every Handler. Members of a crowd have none. fn may forget and close
// descriptors.
func (l *Loop) Handlers(fn func(Handler)) {
	for _, h := range l.handlers.all() {
		if h != nil {
			fn(h)
		}
	}
}

// Close forgets fd at once and closes it at the end of the batch, so that a new descriptor of the
// same number can't meet an event of the old one.
func (l *Loop) Close(fd int) {
	l.Forget(fd)
	l.closing = append(l.closing, fd)
}

// CloseNow forgets fd, closes it at once and returns close(2)'s error: a file may report there that
// it did not keep what was written. Events of fd that this batch still holds are void.
func (l *Loop) CloseNow(fd int) error {
	l.Forget(fd)
	for i, r := range l.batch {
		if r.FD == fd {
			l.batch[i].FD = -1
		}
	}
	return unix.Close(fd)
}

// Closing counts the descriptors that Close has not closed yet.
func (l *Loop) Closing() int { return len(l.closing) }

// After calls fn once, d from now. Timers run in the order of their times, equal ones in the order
// they were set.
func (l *Loop) After(d time.Duration, fn func()) *Timer {
	t := new(Timer)
	t.Set(l, d, fn)
	return t
}

// Post has the loop call fn soon. It may be called from any goroutine, and never blocks; after
// Release it does nothing.
func (l *Loop) Post(fn func()) { l.waker.post(fn) }

// Now is the time of the current batch. The first call in a batch reads the clock.
func (l *Loop) Now() time.Time {
	if l.now.IsZero() {
		l.now = time.Now()
	}
	return l.now
}

// Waits counts the waits. It shows that an idle loop does not ask its poller again and again.
func (l *Loop) Waits() uint64 { return l.waits }

// Release frees the poller and the loop's own descriptors, and closes the descriptors that Close
// has put off. Run must have returned.
func (l *Loop) Release() error {
	for _, fd := range l.closing {
		unix.Close(fd)
	}
	l.closing = nil
	l.waker.close()
	return l.poller.Close()
}
