package sock

import "golang.org/x/sys/unix"

// Unacknowledged is how many bytes a TCP socket has been given that the peer's system has not confirmed, the end of
// the stream counted as one (SIOCOUTQ, tcp(7)).
func Unacknowledged(fd int) (n int, known bool) {
	n, err := unix.IoctlGetInt(fd, unix.SIOCOUTQ)
	return n, err == nil
}
