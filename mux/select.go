package mux

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// setSize is FD_SETSIZE. An fd_set has a bit for each descriptor below it, and no room for others.
const setSize = unix.FD_SETSIZE

// limitError is the error of select(2)'s backend for a descriptor that does not fit in an fd_set.
type limitError struct{ FD int }

func (e *limitError) Error() string {
	return fmt.Sprintf("select cannot wait for descriptor %d: its limit is %d descriptors "+
		"(FD_SETSIZE); %s has no such limit", e.FD, setSize, backends[0].name)
}

// selector is select(2). When an answer was full, the next scan of the sets begins where that one
// ended, so that a low descriptor that is always ready does not hide a high one.
type selector struct {
	read, write unix.FdSet
	known       [setSize]bool
	top         int // one above the highest known descriptor
	next        int // where the scan begins
}

func openSelect() (Poller, error) { return &selector{}, nil }

func (p *selector) Set(fd int, want Events) error {
	if fd < 0 {
		return unix.EBADF
	}
	if fd >= setSize {
		return &limitError{FD: fd}
	}
	p.read.Clear(fd)
	p.write.Clear(fd)
	if want&Readable != 0 {
		p.read.Set(fd)
	}
	if want&Writable != 0 {
		p.write.Set(fd)
	}
	p.known[fd] = true
	p.top = max(p.top, fd+1)
	return nil
}

func (p *selector) Forget(fd int) error {
	if fd < 0 || fd >= setSize {
		return nil
	}
	p.read.Clear(fd)
	p.write.Clear(fd)
	p.known[fd] = false
	for p.top > 0 && !p.known[p.top-1] {
		p.top--
	}
	return nil
}

func (p *selector) Wait(ready []Ready, d time.Duration) (int, error) {
	read, write := p.read, p.write
	var timeout *unix.Timeval
	if d >= 0 {
		tv := unix.NsecToTimeval((time.Duration(milliseconds(d)) * time.Millisecond).Nanoseconds())
		timeout = &tv
	}
	left, err := unix.Select(p.top, &read, &write, nil, timeout)
	if err == unix.EINTR {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("select: %w", err)
	}
	n, fd := 0, p.next
	for range p.top {
		if left <= 0 {
			break
		}
		if fd >= p.top {
			fd = 0
		}
		var ev Events
		if read.IsSet(fd) {
			ev |= Readable
			left--
		}
		if write.IsSet(fd) {
			ev |= Writable
			left--
		}
		if ev != 0 {
			if n == len(ready) {
				p.next = fd
				return n, nil
			}
			ready[n] = Ready{FD: fd, Events: ev}
			n++
		}
		fd++
	}
	return n, nil
}

func (p *selector) Close() error { return nil }
