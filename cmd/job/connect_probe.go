package job

import (
	"errors"
	"net/netip"
	"time"

	"gnc/netio"
)

// udpProbes is how long datagrams ask for a sign of life, unless told.
const udpProbes = 3 * time.Second

// probe sees whether somebody receives at the other end before conn is used.
func (c *connecting) probe(conn *netio.Conn, addr netip.AddrPort) {
	wait := c.job.ProbeWait
	if wait == 0 {
		wait = udpProbes
	}
	c.cancel = c.loop.Probe(conn, c.job.Probe, wait, func(answered bool, err error) {
		switch {
		case err != nil:
			conn.Close()
			if refused, is := errors.AsType[*netio.RefusedError](err); is {
				e := &netio.DialError{Addr: addr, Err: refused.Err}
				c.Messages.Refused(c.Task, c.job, e, true)
				err = &netio.RaceError{Failures: []*netio.DialError{e}}
			}
			c.failed(err)
		case !answered && c.job.NeedAnswer:
			conn.Close()
			c.failed(&silentError{addr})
		default:
			c.use(conn, addr)
		}
	})
}

// silentError is a probe that nothing came back of: the port may be open or filtered.
type silentError struct{ addr netip.AddrPort }

func (e *silentError) Error() string {
	return "timed out: no answer from " + e.addr.String() + ": open, or filtered"
}
