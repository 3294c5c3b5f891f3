package netio

import (
	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// An orderly end (FIN) says that all has been sent. A connection whose sending is not finished is therefore guarded: from
// then on its close is a reset, also the kernel's own close when the program is killed. What ends in order takes the
// guard off. The peer's system still delivers what had reached it before the reset. Only TCP knows a reset: a Unix or
// vsock stream ends in order whatever happened.

// Guard has the close of c tell the peer that the connection was broken off.
func (c *Conn) Guard() {
	if c.confirms && c.fd >= 0 && !c.guarded {
		sock.Reset(c.FD())
		c.guarded = true
	}
}

// unguard has the close of c be an orderly one.
func (c *Conn) unguard() {
	if c.guarded && c.fd >= 0 {
		unix.SetsockoptLinger(c.FD(), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{})
		c.guarded = false
	}
}

// resetNow makes the close of c a reset, whatever is still to be sent, and is the reason for it.
func resetNow(c *Conn) error {
	sock.Reset(c.FD())
	return c.failed("reset", unix.ECONNRESET)
}
