package netio

import (
	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// An orderly end (FIN) tells the peer that it has everything. So a connection that has more to send
// is guarded: its close is a reset, even the kernel's close when the program is killed. An orderly
// end removes the guard first. The peer's system still delivers what reached it before the reset.
// Only TCP has a reset. A Unix or vsock stream always ends in order.

// Guard makes the close of c a reset, so that the peer sees a broken connection.
func (c *Conn) Guard() {
	if c.confirms && c.fd >= 0 && !c.guarded {
		sock.Reset(c.FD())
		c.guarded = true
	}
}

// unguard makes the close of c orderly again.
func (c *Conn) unguard() {
	if c.guarded && c.fd >= 0 {
		unix.SetsockoptLinger(c.FD(), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{})
		c.guarded = false
	}
}

// resetNow makes the close of c a reset, drops unsent data, and returns the error for it.
func resetNow(c *Conn) error {
	sock.Reset(c.FD())
	return c.failed("reset", unix.ECONNRESET)
}
