//go:build !linux

package netio

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// pipe makes a pipe that children do not inherit.
func pipe(fds *[2]int) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := unix.Pipe(fds[:]); err != nil {
		return err
	}
	unix.CloseOnExec(fds[0])
	unix.CloseOnExec(fds[1])
	return nil
}
