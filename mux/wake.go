package mux

import (
	"fmt"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// waker lets other goroutines end a loop's wait. It is a list of functions, and a pipe that the
// loop watches.
type waker struct {
	read, write int

	mu     sync.Mutex
	posted []func()
	closed bool
}

func newWaker() (*waker, error) {
	var p [2]int
	syscall.ForkLock.RLock() // no child is to get these between pipe and the flag
	err := unix.Pipe(p[:])
	if err == nil {
		unix.CloseOnExec(p[0])
		unix.CloseOnExec(p[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, fmt.Errorf("pipe: %w", err)
	}
	w := &waker{read: p[0], write: p[1]}
	for _, fd := range p {
		if err := unix.SetNonblock(fd, true); err != nil {
			w.close()
			return nil, fmt.Errorf("pipe: %w", err)
		}
	}
	return w, nil
}

// post adds fn. For the first function since the loop last looked it writes a byte: the pipe never
// holds two.
func (w *waker) post(fn func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.posted = append(w.posted, fn)
	if len(w.posted) == 1 {
		unix.Write(w.write, []byte{0})
	}
}

// Ready runs the posted functions in order.
func (w *waker) Ready(Events) {
	var b [1]byte
	w.mu.Lock()
	unix.Read(w.read, b[:])
	fns := w.posted
	w.posted = nil
	w.mu.Unlock()
	for _, fn := range fns {
		fn()
	}
}

func (w *waker) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	unix.Close(w.read)
	unix.Close(w.write)
}
