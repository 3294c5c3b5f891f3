package netio

import (
	"time"

	"gnc/mux"
	"gnc/netio/sock"
)

// backoff asks again and again for something that the system announces to nobody, at growing intervals.
type backoff struct {
	pause time.Duration
	timer mux.Timer
}

const longestPause = 64 * time.Millisecond

// again has the loop call fn after a pause that is twice the last one.
func (b *backoff) again(l *Loop, fn func()) {
	b.pause = min(max(2*b.pause, time.Millisecond), longestPause)
	b.timer.Set(l.Loop, b.pause, fn)
}

// unconfirmed is how many bytes the peer's system has not acknowledged, as far as the system tells, and why the
// connection broke, if it did.
func (c *Conn) unconfirmed() (bytes int, broken error) {
	if !c.confirms {
		return 0, nil
	}
	broken = sock.Error(c.FD())
	bytes, _ = sock.Unacknowledged(c.FD())
	return bytes, broken
}
