package netio

import (
	"time"

	"golang.org/x/sys/unix"
)

// watchIdle closes the connection when nothing has moved for as long as the options say.
func (e *echoConn) watchIdle() *stillness {
	bound := func() time.Duration { return e.server.options.Idle }
	idle := &stillness{loop: e.server.loop, since: time.Now(), bound: bound, ring: func() {
		e.flow.fail(e.conn.failed("read", unix.ETIMEDOUT))
		e.close()
	}}
	idle.arm()
	return idle
}
