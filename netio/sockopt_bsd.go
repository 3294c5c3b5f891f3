//go:build dragonfly || freebsd || netbsd || openbsd

package netio

import "golang.org/x/sys/unix"

// unacknowledged is how many bytes a TCP socket has been given that the peer's system has not confirmed: what
// TIOCOUTQ counts in the send buffer.
func unacknowledged(fd int) (n int, known bool) {
	n, err := unix.IoctlGetInt(fd, unix.TIOCOUTQ)
	return n, err == nil
}
