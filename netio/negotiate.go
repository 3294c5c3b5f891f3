package netio

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/proxy"
	"gnc/netio/sock"
)

// ErrProxySilent is the error of a proxy that did not answer in time.
var ErrProxySilent = errors.New("timed out: the proxy did not answer")

// negotiation is a running handshake.
type negotiation struct {
	loop  *Loop
	conn  *Conn
	shake proxy.Handshake
	say   []byte // bytes to send
	timer *mux.Timer
	done  func(error)
}

// Negotiate runs a handshake on a connection and calls done with nil, a *proxy.Error,
// ErrProxySilent, or an *OpError of the connection. The bound covers the whole handshake, so a
// proxy that trickles bytes gains no time. Bytes after the handshake stay in the socket. cancel
// ends the handshake early.
func (l *Loop) Negotiate(c *Conn, h proxy.Handshake, bound time.Duration, done func(error)) (cancel func(error)) {
	n := &negotiation{loop: l, conn: c, shake: h, say: h.Begin(), done: done}
	n.timer = l.After(bound, func() { n.finish(ErrProxySilent) })
	n.watch()
	return n.finish
}

func (n *negotiation) watch() {
	want := mux.Readable
	if len(n.say) > 0 {
		want = mux.Writable
	}
	if err := n.loop.Watch(n.conn.FD(), want, n); err != nil {
		n.finish(err)
	}
}

// Ready is the loop's report that the proxy takes bytes or has sent some.
func (n *negotiation) Ready(mux.Events) {
	if len(n.say) > 0 {
		sent, err := n.conn.write(n.say)
		if err != nil && err != errAgain {
			n.finish(err)
			return
		}
		n.say = n.say[sent:]
		n.watch()
		return
	}
	var buf [4096]byte
	got, err := sock.RawRecv(n.conn.FD(), buf[:], unix.MSG_PEEK)
	switch {
	case err == unix.EAGAIN, err == unix.EINTR:
		return
	case err != nil:
		n.finish(n.conn.failed("read", err))
		return
	case got == 0:
		n.finish(&proxy.Error{Protocol: "", Reason: "it closed the connection"})
		return
	}
	used, say, done, err := n.shake.Step(buf[:got])
	if _, readErr := sock.RawRecv(n.conn.FD(), buf[:used], 0); readErr != nil && used > 0 {
		err = n.conn.failed("read", readErr)
	}
	switch {
	case err != nil:
		n.finish(err)
	case done:
		n.finish(nil)
	default:
		n.say = say
		n.watch()
	}
}

func (n *negotiation) finish(err error) {
	if n.done == nil {
		return
	}
	done := n.done
	n.done = nil
	n.timer.Stop()
	n.loop.Forget(n.conn.FD())
	done(err)
}
