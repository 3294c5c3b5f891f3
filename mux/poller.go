// Package mux reports which descriptors are ready, and when.
//
// A Poller is one system call that waits for readiness: select, poll, epoll or kqueue. A Loop is a
// single thread that waits on a Poller. For each ready descriptor it calls the descriptor's
// Handler, or the function of the descriptor's Crowd. It runs timers in order, and takes functions
// from other goroutines. Begin with the promises below, then read loop.go; each backend has a file
// of its own.
//
// # What every backend promises
//
// Readiness is level-triggered: a descriptor is reported by every Wait for as long as the condition
// lasts and the interest stands. A report is a hint: the operation may still answer EAGAIN, and the
// handler then simply waits on.
//
//   - A hang-up or an error is reported as every event asked for; a handler learns which it was by
//     trying the operation. Hang-ups cannot be masked, so a handler that has nothing left to do
//     with a descriptor that hung up must Forget it, or Wait returns at once for ever.
//   - With an empty interest, poll and epoll still report hang-ups and errors, as HungUp. select
//     and kqueue have no way to: there a descriptor with an empty interest is silent.
//   - The write end of a pipe is Readable when its last reader has gone, and never before: this is
//     how a writer with nothing to write learns of it on every backend.
//   - What can't be waited for (a regular file, /dev/null) is always ready for what is asked.
//   - When more descriptors are ready than fit in one answer, none is left out for ever.
//   - A signal that interrupts Wait (EINTR) ends it early with no descriptor and no error.
//
// conformance_test.go shows each of these on each backend.
package mux

import (
	"fmt"
	"strings"
	"time"
)

// Events are what a descriptor is waited for, or what it is ready for.
type Events uint8

const (
	// Readable: read(2) or accept(2) will not block. There is data, an end of file or an error.
	Readable Events = 1 << iota
	// Writable: write(2) will not block, for room or an error; or connect(2) has been decided.
	Writable
	// HungUp: a descriptor with an empty interest hung up or failed. It is never part of an
	// interest.
	HungUp
)

// Ready is one descriptor that is ready, and for what.
type Ready struct {
	FD     int
	Events Events
}

// Poller is one backend. It is for one goroutine at a time.
type Poller interface {
	// Set declares the whole interest in fd, which replaces what was declared before. A descriptor
	// must be forgotten before it is closed.
	Set(fd int, want Events) error

	// Forget ends all interest in fd. To forget an unknown descriptor is no error.
	Forget(fd int) error

	// Wait fills ready, which has room for at least two, with ready descriptors and returns their
	// number. It returns at once if any is ready, and after d if none becomes so; a negative d
	// waits without bound. The resolution is a millisecond, rounded up.
	Wait(ready []Ready, d time.Duration) (int, error)

	// Close frees what the backend holds in the kernel. The descriptors it watched stay open.
	Close() error
}

// backend is a row of the table of what this system has.
type backend struct {
	name string
	open func() (Poller, error)
}

// Names lists the multiplexers of this system, best first.
func Names() []string {
	names := make([]string, len(backends))
	for i, b := range backends {
		names[i] = b.name
	}
	return names
}

// Limit is the lowest descriptor that a multiplexer can't wait for, or 0 if it has no such limit.
func Limit(name string) int {
	if name == "select" {
		return setSize
	}
	return 0
}

// UnknownError is Open's error for a name of which this system has no multiplexer.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("no multiplexer %q on this system; it has %s",
		e.Name, strings.Join(Names(), ", "))
}

// Open makes a Poller: "auto" is the best that this system has, any other name is one of Names.
func Open(name string) (Poller, error) {
	if name == "auto" {
		name = backends[0].name
	}
	for _, b := range backends {
		if b.name == name {
			return b.open()
		}
	}
	return nil, &UnknownError{Name: name}
}

// milliseconds converts d for poll(2) and epoll_wait(2). No bound is -1. It rounds up, so that a
// timer is due when the wait for it ends.
func milliseconds(d time.Duration) int {
	const most = 1<<31 - 1
	switch {
	case d < 0:
		return -1
	case d > most*time.Millisecond:
		return most
	}
	return int((d + time.Millisecond - 1) / time.Millisecond)
}
