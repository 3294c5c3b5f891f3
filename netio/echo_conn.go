package netio

import (
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// echoConn is a connection of an echo server that needs more than its descriptor: one Flow whose
// source and sink are the same Conn.
type echoConn struct {
	server *Echo
	conn   Conn
	flow   Flow
	copier copier
}

// attend makes an echoConn of a connection.
func (s *Echo) attend(fd int) *echoConn {
	e := &echoConn{server: s, copier: copier{pool: &s.buffers}}
	e.conn = Conn{loop: s.loop, fd: int32(fd), reader: socket{}, writer: socket{}, owner: e, confirms: true}
	e.flow = Flow{mover: &e.copier, keepOpen: true} // the close passes the end on
	e.flow.join(&e.conn, &e.conn)
	return e
}

// echoConnOf returns the echoConn that a handler serves, or nil.
func echoConnOf(h mux.Handler) *echoConn {
	if c, ok := h.(*Conn); ok {
		e, _ := c.owner.(*echoConn)
		return e
	}
	return nil
}

// begin serves a new connection by the server's options.
func (e *echoConn) begin(id uint32, from netip.AddrPort) {
	s := e.server
	e.conn.id = id
	e.misbehave()
	if s.idle != nil {
		s.idle[e] = e.watchIdle()
	}
	if s.options.OnAccept != nil {
		s.options.OnAccept(id, &e.conn, from)
	}
	e.run()
}

// hold takes over a connection at rest that did not take all of buf, only the first done bytes.
func (e *echoConn) hold(buf []byte, done int) {
	e.copier.buf, e.copier.done = buf, int32(done)
	e.run()
}

// misbehave sets the connection's rate and faults, if the options have any.
func (e *echoConn) misbehave() {
	o := &e.server.options
	if o.Faults.any() {
		e.flow.mover = &corrupter{copier: e.copier, every: o.Faults.CorruptEvery}
		newLimiter(&e.flow, o.Rate, &faultState{Faults: &o.Faults})
	} else if o.Rate > 0 {
		newLimiter(&e.flow, o.Rate, nil)
	}
	if o.Faults.Chunk > 0 { // each piece arrives as it was sent
		unix.SetsockoptInt(e.conn.FD(), unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
}

func (e *echoConn) run() {
	if e.conn.fd < 0 {
		return
	}
	moved := e.flow.step()
	e.server.Totals.Bytes += int64(moved)
	if moved > 0 && e.server.idle != nil {
		e.server.idle[e].moved()
	}
	if e.flow.ended() {
		e.close()
		return
	}
	if err := e.watch(); err != nil {
		e.flow.fail(err)
		e.close()
	}
}

// watch waits for the next readiness. Once the peer has taken everything, the connection may rest.
func (e *echoConn) watch() error {
	if e.server.attended || e.flow.mover.held() > 0 {
		return e.conn.rewatch()
	}
	return e.server.rest(e.conn.FD())
}

// hangUp ends a connection that hung up while the limiter asked nothing of it. Without a socket
// error both directions have ended in order, ours by a fault. What has come meanwhile counts as
// received. It cannot be sent back.
func (e *echoConn) hangUp(*Conn) {
	if err := sock.Error(e.conn.FD()); err != nil {
		e.flow.fail(e.conn.failed("read", err))
		return
	}
	if c, ok := e.flow.mover.(*corrupter); ok && !e.flow.gate.stalled() {
		c.passed += int64(sock.Unread(e.conn.FD()))
	}
	e.flow.fail(nil)
}

// close releases everything that the connection has.
func (e *echoConn) close() {
	s := e.server
	e.flow.fail(nil) // returns the buffer, if there is one
	if s.options.OnClose != nil {
		s.options.OnClose(e.conn.id, &e.conn, e.received(), e.flow.moved, e.flow.err)
	}
	if e.flow.lost > 0 { // an orderly end would tell the client that it has everything
		sock.Reset(e.conn.FD())
	}
	s.options.Presence.leaves()
	e.conn.Close()
	if s.idle != nil {
		s.idle[e].timer.Stop()
		delete(s.idle, e)
	}
	s.left()
}

// received returns how many bytes were read from the client. The flow must have ended.
func (e *echoConn) received() int64 {
	if c, ok := e.flow.mover.(*corrupter); ok { // it may have dropped some
		return c.passed
	}
	return e.flow.moved + int64(e.flow.lost)
}

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
