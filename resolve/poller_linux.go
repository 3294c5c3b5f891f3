package resolve

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// poller remembers whether Go's poller could start.
var poller struct {
	sync.Mutex
	fits bool
}

// CheckPoller fails where Go's poller could not start for want of descriptors: it takes two when
// something is first waited for, a name server or a timer, and ends the program with a stack trace
// if there are none. Call it right before.
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
