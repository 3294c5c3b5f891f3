package mux

import (
	"fmt"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// epoller is epoll(7), level-triggered.
type epoller struct {
	epfd   int
	want   table[Events] // by descriptor, epollKnown set where the kernel has it
	files  always        // what epoll_ctl refuses with EPERM
	events [256]unix.EpollEvent
}

// epollKnown marks a descriptor that the kernel has, even with an empty interest.
const epollKnown Events = 1 << 7

func openEpoll() (Poller, error) {
	epfd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	return &epoller{epfd: epfd}, nil
}

func (p *epoller) Set(fd int, want Events) error {
	if fd < 0 {
		return unix.EBADF
	}
	had := p.want.at(fd)
	if *had == want|epollKnown || p.files.set(fd, want) {
		return nil
	}
	op := unix.EPOLL_CTL_MOD
	if *had&epollKnown == 0 {
		op = unix.EPOLL_CTL_ADD
	}
	err := p.control(op, fd, want)
	if err == unix.EPERM {
		p.files.add(fd, want)
		return nil
	}
	if err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	*had = want | epollKnown
	return nil
}

func (p *epoller) Forget(fd int) error {
	if !p.want.has(fd) || p.files.forget(fd) || *p.want.at(fd)&epollKnown == 0 {
		return nil
	}
	*p.want.at(fd) = 0
	if err := p.control(unix.EPOLL_CTL_DEL, fd, 0); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	return nil
}

func (p *epoller) Wait(ready []Ready, d time.Duration) (int, error) {
	most := min(len(ready), len(p.events))
	if p.files.any() {
		d = 0
		most = (most + 1) / 2 // the other half is for files
	}
	count, err := p.wait(most, d)
	if err == unix.EINTR {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("epoll_wait: %w", err)
	}
	for i := range p.events[:count] {
		e := &p.events[i]
		ready[i] = Ready{FD: int(e.Fd), Events: p.eventsOf(int(e.Fd), e.Events)}
	}
	return p.files.fill(ready, count), nil
}

func (p *epoller) Close() error { return unix.Close(p.epfd) }

// control calls epoll_ctl(2), which never blocks.
func (p *epoller) control(op, fd int, want Events) error {
	e := unix.EpollEvent{Fd: int32(fd)}
	if want&Readable != 0 {
		e.Events |= unix.EPOLLIN
	}
	if want&Writable != 0 {
		e.Events |= unix.EPOLLOUT
	}
	_, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_CTL, uintptr(p.epfd), uintptr(op), uintptr(fd),
		uintptr(unsafe.Pointer(&e)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// wait looks first, for a millisecond at most, and sleeps only when nothing has become ready. The
// look goes to the kernel without notice to Go's scheduler (RawSyscall). A notice and its
// withdrawal cost a microsecond each, and the scheduler wakes threads to fill a gap that closes at
// once; a loop at work needs none of it. The sleep gives notice.
func (p *epoller) wait(most int, d time.Duration) (int, error) {
	look := 1
	if d == 0 {
		look = 0
	}
	n, _, errno := syscall.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.epfd),
		uintptr(unsafe.Pointer(&p.events[0])), uintptr(most), uintptr(look), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	if n > 0 || d == 0 {
		return int(n), nil
	}
	return unix.EpollWait(p.epfd, p.events[:most], milliseconds(d))
}

// eventsOf translates a report. Only for a hang-up does the interest matter.
func (p *epoller) eventsOf(fd int, got uint32) (ev Events) {
	if got&unix.EPOLLIN != 0 {
		ev |= Readable
	}
	if got&unix.EPOLLOUT != 0 {
		ev |= Writable
	}
	if got&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		ev |= hangUp(*p.want.at(fd) &^ epollKnown)
	}
	return ev
}
