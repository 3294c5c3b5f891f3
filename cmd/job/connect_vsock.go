package job

import (
	"errors"
	"net/netip"

	"golang.org/x/sys/unix"

	"gnc/netio"
	"gnc/netio/address"
	"gnc/netio/sock"
)

// vsockOf is the address of a target that parseVsock has made.
func vsockOf(t address.Target, listener bool) sock.VsockAddr {
	a, err := sock.ParseVsock(t.Host, t.Port, listener)
	if err != nil {
		panic("cmd: a vsock address that was read before: " + err.Error())
	}
	return a
}

// tryVsock connects to a vsock address.
func (c *connecting) tryVsock() {
	at := vsockOf(address.Target{Host: c.job.Host, Port: c.port}, false)
	c.event("connecting", "address", c.job.name())
	c.cancel = c.loop.DialVsock(at, c.job.Timeout, c.socket(&c.job.Session), func(conn *netio.Conn, err error) {
		if err == nil {
			c.use(conn, netip.AddrPort{})
			return
		}
		if c.ctx.Err() == nil {
			c.event("refused", "remote", c.job.name(), "reason", err.Error())
		}
		if errors.Is(err, unix.ETIMEDOUT) {
			err = &silentVsockError{err}
		}
		c.failed(err)
	})
}

// silentVsockError is a vsock address from which no answer came.
type silentVsockError struct{ Err error }

func (e *silentVsockError) Error() string { return e.Err.Error() }
func (e *silentVsockError) Unwrap() error { return e.Err }
