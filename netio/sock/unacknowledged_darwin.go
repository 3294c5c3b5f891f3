package sock

import "golang.org/x/sys/unix"

// Unacknowledged returns how many bytes of a TCP socket the peer's system has not acknowledged
// (SO_NWRITE, getsockopt(2)).
func Unacknowledged(fd int) (n int, known bool) {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, 0x1024) // SO_NWRITE, which x/sys/unix lacks
	return n, err == nil
}
