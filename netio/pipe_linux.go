package netio

import "golang.org/x/sys/unix"

// pipe makes a pipe that children do not inherit.
func pipe(fds *[2]int) error { return unix.Pipe2(fds[:], unix.O_CLOEXEC) }

// messagePair makes a pair of sockets that keep messages apart, and that children do not inherit.
func messagePair() ([2]int, error) {
	return unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
}
