package netio

import (
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

// idleEcho closes one connection of an echo server when nothing has moved for too long. Like idleClock it notes times
// and sets its timer anew only when it has run.
type idleEcho struct {
	conn  *echoConn
	since time.Time
	timer *mux.Timer
}

func newIdleEcho(e *echoConn) *idleEcho {
	i := &idleEcho{conn: e, since: time.Now()}
	i.timer = e.server.loop.After(e.server.options.Idle, i.ring)
	return i
}

func (i *idleEcho) ring() {
	e := i.conn
	if left := e.server.options.Idle - time.Since(i.since); left > 0 {
		i.timer.Reset(left)
		return
	}
	e.flow.fail(e.conn.failed("read", unix.ETIMEDOUT))
	e.close()
}
