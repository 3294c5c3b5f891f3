package netio

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// echoConn is a connection of an echo server that is more than its descriptor: one Flow whose source and sink are the
// same.
type echoConn struct {
	server *Echo
	conn   Conn
	flow   Flow
	copier copier
}

// attend makes a connection more than its descriptor.
func (s *Echo) attend(fd int) *echoConn {
	e := &echoConn{server: s, copier: copier{pool: &s.buffers}}
	e.conn = Conn{loop: s.loop, fd: int32(fd), reader: socket{}, writer: socket{}, owner: e, confirms: true}
	e.flow = Flow{mover: &e.copier, keepOpen: true} // the close passes the end on
	e.flow.join(&e.conn, &e.conn)
	return e
}

// echoConnOf is the connection that a handler serves, or nil.
func echoConnOf(h mux.Handler) *echoConn {
	if c, ok := h.(*Conn); ok {
		e, _ := c.owner.(*echoConn)
		return e
	}
	return nil
}

// begin serves a connection that has just been accepted as the options say.
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

// hold takes over what the peer of a connection at rest has not taken: buf, of which the first done bytes are gone.
func (e *echoConn) hold(buf []byte, done int) {
	e.copier.buf, e.copier.done = buf, int32(done)
	e.run()
}

// misbehave gives a connection its rate and its faults, if there are any.
func (e *echoConn) misbehave() {
	o := &e.server.options
	if o.Faults.any() {
		e.flow.mover = &corrupter{copier: e.copier, every: o.Faults.CorruptEvery}
		newLimiter(&e.flow, o.Rate, &faultState{Faults: &o.Faults})
	} else if o.Rate > 0 {
		newLimiter(&e.flow, o.Rate, nil)
	}
	if o.Faults.Chunk > 0 { // pieces are to arrive as they were sent
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

// watch waits for what can be moved next. Once the peer has taken everything, the connection may rest.
func (e *echoConn) watch() error {
	if e.server.attended || e.flow.mover.held() > 0 {
		return e.conn.rewatch()
	}
	return e.server.rest(e.conn.FD())
}

// hangUp is told of a connection that hung up while the limiter had nothing asked of it. Without an error both directions
// have ended in order, ours by a fault: what has come meanwhile counts as received, and nothing can be sent back.
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

// close gives back all that the connection has.
func (e *echoConn) close() {
	s := e.server
	e.flow.fail(nil) // gives the buffer back, where one is held
	if s.options.OnClose != nil {
		s.options.OnClose(e.conn.id, &e.conn, e.received(), e.flow.moved, e.flow.err)
	}
	if e.flow.lost > 0 { // an orderly end would say that all has been sent back
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

// received is how many bytes were read from the client, once the flow has ended.
func (e *echoConn) received() int64 {
	if c, ok := e.flow.mover.(*corrupter); ok { // which may have lost some
		return c.passed
	}
	return e.flow.moved + int64(e.flow.lost)
}
