package netio

import (
	"golang.org/x/sys/unix"

	"gnc/netio/outfile"
)

// PassFD hands the connection's descriptor to the process that reads the socket fd, beside a zero
// byte (SCM_RIGHTS, cmsg(3)). The descriptor blocks, as programs expect.
func (c *Conn) PassFD(fd int) error {
	if err := unix.SetNonblock(c.FD(), false); err != nil {
		return c.failed("pass", err)
	}
	if err := unix.Sendmsg(fd, []byte{0}, unix.UnixRights(c.FD()), nil, 0); err != nil {
		return outfile.Failed("sendmsg", "stdout", err)
	}
	return nil
}
