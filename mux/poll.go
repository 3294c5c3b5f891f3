package mux

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// poller is poll(2): an array of descriptors, and the index of each.
type poller struct {
	fds  []unix.PollFd
	slot table[int32] // by descriptor: its index in fds and 1, or 0
	next int          // where the scan begins, as in selector
}

func openPoll() (Poller, error) { return &poller{}, nil }

func (p *poller) Set(fd int, want Events) error {
	if fd < 0 {
		return unix.EBADF
	}
	var events int16
	if want&Readable != 0 {
		events |= unix.POLLIN
	}
	if want&Writable != 0 {
		events |= unix.POLLOUT
	}
	slot := p.slot.at(fd)
	if *slot == 0 {
		p.fds = append(p.fds, unix.PollFd{Fd: int32(fd)})
		*slot = int32(len(p.fds))
	}
	p.fds[*slot-1].Events = events
	return nil
}

func (p *poller) Forget(fd int) error {
	if !p.slot.has(fd) || *p.slot.at(fd) == 0 {
		return nil
	}
	hole, last := *p.slot.at(fd)-1, len(p.fds)-1
	p.fds[hole] = p.fds[last]
	*p.slot.at(int(p.fds[hole].Fd)) = hole + 1
	p.fds = p.fds[:last]
	*p.slot.at(fd) = 0
	return nil
}

func (p *poller) Wait(ready []Ready, d time.Duration) (int, error) {
	left, err := unix.Poll(p.fds, milliseconds(d))
	if err == unix.EINTR {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("poll: %w", err)
	}
	n, at := 0, p.next
	for range p.fds {
		if left <= 0 {
			break
		}
		if at >= len(p.fds) {
			at = 0
		}
		if f := &p.fds[at]; f.Revents != 0 {
			if n == len(ready) {
				p.next = at
				return n, nil
			}
			ready[n] = Ready{FD: int(f.Fd), Events: pollEvents(f.Events, f.Revents)}
			n++
			left--
		}
		at++
	}
	return n, nil
}

func (p *poller) Close() error { return nil }

// pollEvents translates an answer of poll(2). POLLNVAL, a descriptor that is not open, counts as an
// error like POLLERR: the handler's operation will say EBADF.
func pollEvents(asked, got int16) Events {
	var ev Events
	if got&unix.POLLIN != 0 {
		ev |= Readable
	}
	if got&unix.POLLOUT != 0 {
		ev |= Writable
	}
	if got&(unix.POLLERR|unix.POLLHUP|unix.POLLNVAL) != 0 {
		var want Events
		if asked&unix.POLLIN != 0 {
			want |= Readable
		}
		if asked&unix.POLLOUT != 0 {
			want |= Writable
		}
		ev |= hangUp(want)
	}
	return ev
}

// hangUp gives the events that report a hang-up or an error: the whole interest, or HungUp if that
// is empty.
func hangUp(want Events) Events {
	if want == 0 {
		return HungUp
	}
	return want
}
