package job

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
	c.heedSignals()
	c.event("connecting", "address", c.job.name())
	conn, err := c.loop.DialUnix(c.job.Host, netio.DialUnixOptions{Packets: c.job.Kind.IsPackets(), Source: c.job.SourcePath,
		OnBound: c.boundTo})
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
		c.event("refused", "remote", c.job.name(), "reason", err.Error())
		c.failed(err)
	default:
		c.use(conn, netip.AddrPort{})
	}
}

// boundTo reports the path of our own socket, once for all the tries of --wait.
func (c *connecting) boundTo(path string) {
	if c.tries == 0 {
		c.Messages.Bound(c.Task, path)
	}
}
