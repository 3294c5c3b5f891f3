package resolve

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// poller remembers that Go's poller fits. That is no Poller of package mux but the epoll instance
// that Go's runtime starts for files, sockets and timers.
var poller struct {
	sync.Mutex
	fits bool
}

// CheckPoller fails if Go's poller could not start for want of descriptors. It takes two when the
// program first waits for a name server or a timer, and without them ends the program with a stack
// trace. Call CheckPoller right before.
func CheckPoller() error {
	poller.Lock()
	defer poller.Unlock()
	if poller.fits {
		return nil
	}
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("epoll_create1", err)
	}
	defer unix.Close(epoll)
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return os.NewSyscallError("eventfd", err)
	}
	unix.Close(event)
	poller.fits = true
	return nil
}
