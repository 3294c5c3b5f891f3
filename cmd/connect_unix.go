package cmd

import (
	"errors"
	"net/netip"
	"time"

	"gnc/netio"
)

// backlogPause is between two tries of a Unix socket whose backlog is full.
const backlogPause = 20 * time.Millisecond

// tryUnix connects to a path. That is decided at once, but for a full backlog.
func (c *connecting) tryUnix() {
	c.event("connecting", "address", "unix:"+c.job.Host)
	conn, err := c.loop.DialUnix(c.job.Host, c.job.SourcePath, c.job.Kind.isPackets())
	switch {
	case errors.Is(err, netio.ErrBacklogFull) && (c.job.Timeout == 0 || c.env.Now().Sub(c.begin) < c.job.Timeout):
		again := c.loop.After(backlogPause, c.tryUnix)
		c.cancel = func(err error) {
			again.Stop()
			c.end(err)
		}
	case errors.Is(err, netio.ErrBacklogFull):
		c.failed(&netio.RaceError{Err: netio.ErrConnectTimeout})
	case err != nil:
		c.event("refused", "remote", "unix:"+c.job.Host, "reason", err.Error())
		c.failed(err)
	default:
		c.use(conn, netip.AddrPort{})
	}
}

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
			var refused *netio.RefusedError
			if errors.As(err, &refused) {
				e := &netio.DialError{Addr: addr, Err: refused.Err}
				c.voice.refused(c.task, c.job, e, true)
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
