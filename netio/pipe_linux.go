package netio

import "golang.org/x/sys/unix"

// pipe makes a pipe that children do not inherit.
func pipe(fds *[2]int) error { return unix.Pipe2(fds[:], unix.O_CLOEXEC) }
