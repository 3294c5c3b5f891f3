package netio

import "golang.org/x/sys/unix"

// Reset has the coming close of a connection tell the peer that it was broken off, with what it was sent and has not
// taken lost.
func Reset(fd int) {
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
}

// resetNow makes the close of c a reset, whatever is still to be sent, and is the reason for it.
func resetNow(c *Conn) error {
	Reset(c.FD())
	return c.failed("reset", unix.ECONNRESET)
}
