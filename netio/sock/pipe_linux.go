package sock

import "golang.org/x/sys/unix"

// Pipe makes a pipe that children do not inherit.
func Pipe(fds *[2]int) error { return unix.Pipe2(fds[:], unix.O_CLOEXEC) }

// MessagePair makes two connected sockets that keep messages apart. Children do not inherit them.
func MessagePair() ([2]int, error) {
	return unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
}
