//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package mux

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// kqueuer is kqueue(2): a filter for each of the two events of a descriptor, level-triggered.
type kqueuer struct {
	kq     int
	want   table[Events] // by descriptor: the filters that the kernel has, and kqueueKnown
	files  always        // what kqueue would wait for at its end (regular files), or refuses
	events [256]unix.Kevent_t
}

// kqueueKnown marks a descriptor that Set has seen, even with an empty interest.
const kqueueKnown Events = 1 << 7

func openKqueue() (Poller, error) {
	kq, err := unix.Kqueue()
	if err != nil {
		return nil, fmt.Errorf("kqueue: %w", err)
	}
	unix.CloseOnExec(kq)
	return &kqueuer{kq: kq}, nil
}

func (p *kqueuer) Set(fd int, want Events) error {
	if fd < 0 {
		return unix.EBADF
	}
	had := p.want.at(fd)
	if *had == want|kqueueKnown || p.files.set(fd, want) {
		return nil
	}
	if *had&kqueueKnown == 0 && neverBlocks(fd) {
		p.files.add(fd, want)
		return nil
	}
	err := p.control(fd, *had, want)
	if err == unix.EINVAL || err == unix.ENODEV {
		p.files.add(fd, want)
		return nil
	}
	if err != nil {
		return fmt.Errorf("kevent: %w", err)
	}
	*had = want | kqueueKnown
	return nil
}

func (p *kqueuer) Forget(fd int) error {
	if !p.want.has(fd) || p.files.forget(fd) || *p.want.at(fd)&kqueueKnown == 0 {
		return nil
	}
	had := *p.want.at(fd)
	*p.want.at(fd) = 0
	if err := p.control(fd, had, 0); err != nil {
		return fmt.Errorf("kevent: %w", err)
	}
	return nil
}

func (p *kqueuer) Wait(ready []Ready, d time.Duration) (int, error) {
	most := min(len(ready), len(p.events))
	if p.files.any() {
		d = 0
		most = (most + 1) / 2 // the other half is for files
	}
	var timeout *unix.Timespec
	if d >= 0 {
		ts := unix.NsecToTimespec((time.Duration(milliseconds(d)) * time.Millisecond).Nanoseconds())
		timeout = &ts
	}
	count, err := unix.Kevent(p.kq, nil, p.events[:most], timeout)
	if err == unix.EINTR {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("kevent: %w", err)
	}
	for i := range p.events[:count] {
		e := &p.events[i]
		ready[i] = Ready{FD: int(e.Ident), Events: kqueueEvents(*p.want.at(int(e.Ident))&^kqueueKnown, e)}
	}
	return p.files.fill(ready, count), nil
}

func (p *kqueuer) Close() error { return unix.Close(p.kq) }

// control adds the filters that are in want and not in had, and deletes those that are in had and
// not in want.
func (p *kqueuer) control(fd int, had, want Events) error {
	var changes [2]unix.Kevent_t
	n := 0
	change := func(ev Events, filter int) {
		switch {
		case want&ev != 0 && had&ev == 0:
			unix.SetKevent(&changes[n], fd, filter, unix.EV_ADD)
			n++
		case want&ev == 0 && had&ev != 0:
			unix.SetKevent(&changes[n], fd, filter, unix.EV_DELETE)
			n++
		}
	}
	change(Readable, unix.EVFILT_READ)
	change(Writable, unix.EVFILT_WRITE)
	if n == 0 {
		return nil
	}
	_, err := unix.Kevent(p.kq, changes[:n], nil, nil)
	return err
}

// neverBlocks reports whether fd is a regular file. At the end of one, EVFILT_READ waits for the
// file to grow, where every other multiplexer reports it readable.
func neverBlocks(fd int) bool {
	var st unix.Stat_t
	return unix.Fstat(fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFREG
}

// kqueueEvents translates one event. EV_EOF on the read filter alone is a peer's half-close, and no
// hang-up. On the write filter it means that nobody will read what is written.
func kqueueEvents(want Events, e *unix.Kevent_t) Events {
	var ev Events
	switch e.Filter {
	case unix.EVFILT_READ:
		ev = Readable
	case unix.EVFILT_WRITE:
		ev = Writable
		if e.Flags&unix.EV_EOF != 0 {
			ev = hangUp(want)
		}
	}
	if e.Flags&unix.EV_ERROR != 0 {
		ev = hangUp(want)
	}
	return ev
}
