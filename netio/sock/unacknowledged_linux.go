package sock

import "golang.org/x/sys/unix"

// Unacknowledged returns how many bytes of a TCP socket the peer's system has not acknowledged. The
// end of the stream counts as one byte (SIOCOUTQ, tcp(7)).
func Unacknowledged(fd int) (n int, known bool) {
	n, err := unix.IoctlGetInt(fd, unix.SIOCOUTQ)
	return n, err == nil
}
