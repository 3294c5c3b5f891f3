package sock

import "golang.org/x/sys/unix"

// Reset makes the next close of a TCP socket a reset. Data that the peer has not taken is lost.
func Reset(fd int) {
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
}
