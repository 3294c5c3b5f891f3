package netio

import (
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

// EchoOptions are the rules of an echo server. Zero values mean: no bound, no fault, nobody to tell.
type EchoOptions struct {
	MaxConns int           // more wait in the backlog
	Idle     time.Duration // a connection on which nothing moves for this long is closed
	Rate     int64         // bytes a second at most, each connection
	Faults   Faults

	OnAccept func(id uint32, c *Conn, from netip.AddrPort)
	OnClose  func(id uint32, c *Conn, moved int64, err error)
}

// EchoTotals is what an echo server has done.
type EchoTotals struct {
	Conns  uint64 // connections accepted
	Bytes  int64  // bytes sent back
	Peak   int    // most connections at a time
	CutOff int    // connections closed by Stop while bytes were on their way
}

// Echo sends back what arrives on each connection of a listener. A connection is one Flow whose source and sink are the
// same, and nothing else: while it idles it holds no buffer.
type Echo struct {
	Totals   EchoTotals
	loop     *Loop
	listener *Listener
	options  EchoOptions
	buffers  pool
	open     int
	idle     map[*echoConn]*idleEcho // with Idle only
	drained  func()                  // after Stop, when the last connection has gone
}

// echoBuffer is what one connection can have on its way at most: the backlog of a client that does not read.
const echoBuffer = 64 << 10

// NewEcho serves the connections of ln, whose errors and shortages go to the functions in its own options.
func NewEcho(ln *Listener, o EchoOptions) (*Echo, error) {
	s := &Echo{loop: ln.loop, listener: ln, options: o, buffers: pool{size: echoBuffer}}
	if o.Idle > 0 {
		s.idle = make(map[*echoConn]*idleEcho)
	}
	return s, ln.acceptRaw(s.accepted)
}

// echoConn is one connection of an echo server. What bounce reads of it stands together, from the end of the flow to the
// middle of the Conn: of ten thousand connections, none is in a cache when something comes.
type echoConn struct {
	copier copier
	flow   Flow
	server *Echo
	conn   Conn
}

func (s *Echo) accepted(fd int, from netip.AddrPort) {
	s.Totals.Conns++
	s.open++
	s.Totals.Peak = max(s.Totals.Peak, s.open)
	e := &echoConn{server: s, copier: copier{pool: &s.buffers}}
	e.conn = Conn{loop: s.loop, fd: int32(fd), channel: socket{}, owner: e, confirms: true,
		id: uint32(s.Totals.Conns)}
	e.flow = Flow{mover: &e.copier, keepOpen: true} // the close passes the end on
	e.flow.join(&e.conn, &e.conn)
	s.misbehave(e)
	if s.idle != nil {
		s.idle[e] = newIdleEcho(e)
	}
	if s.options.OnAccept != nil {
		s.options.OnAccept(e.conn.id, &e.conn, from)
	}
	if s.options.MaxConns > 0 && s.open >= s.options.MaxConns {
		s.listener.Pause()
	}
	e.run()
}

// misbehave gives a connection its rate and its faults, if there are any.
func (s *Echo) misbehave(e *echoConn) {
	o := &s.options
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
	if e.conn.fd < 0 || e.bounce() {
		return
	}
	moved := e.flow.step()
	e.server.Totals.Bytes += int64(moved)
	if moved > 0 && e.server.idle != nil {
		e.server.idle[e].since = e.server.loop.Now()
	}
	if e.flow.ended() {
		e.close()
		return
	}
	if err := e.conn.rewatch(); err != nil {
		e.flow.fail(err)
		e.close()
	}
}

// bounce is the short way of nearly all that is echoed: what one read brings goes back with one write, and the
// connection is as it was before. It does what the flow would have done, in a fraction of the steps, and touches half of
// the connection's memory, which among ten thousand is not in a cache. Whatever does not go this way is left to the flow.
func (e *echoConn) bounce() bool {
	c, f := &e.conn, &e.flow
	if !c.readReady || !c.writeReady || !c.watched || c.want != mux.Readable || f.state != flowOpen || f.gate != nil ||
		e.server.idle != nil {
		return false
	}
	buffers := &e.server.buffers
	buf := buffers.get()
	n, err := c.read(buf)
	if err != nil {
		buffers.put(buf)
		f.sourceSaid(err)
		return false
	}
	sent, err := c.write(buf[:n])
	f.moved += int64(sent)
	e.server.Totals.Bytes += int64(sent)
	if sent == n {
		buffers.put(buf)
		return true
	}
	e.copier.buf, e.copier.done = buf[:n], int32(sent)
	if err != nil && err != errAgain {
		f.to(flowDead, err)
	}
	return false
}

func (e *echoConn) hangUp(*Conn) {
	err := socketError(e.conn.FD())
	if err == nil {
		err = unix.ECONNRESET
	}
	e.flow.fail(e.conn.failed("read", err))
}

// close gives back all that the connection has.
func (e *echoConn) close() {
	s := e.server
	e.flow.fail(nil) // gives the buffer back, where one is held
	if s.options.OnClose != nil {
		s.options.OnClose(e.conn.id, &e.conn, e.flow.moved, e.flow.err)
	}
	e.conn.Close()
	if s.idle != nil {
		s.idle[e].timer.Stop()
		delete(s.idle, e)
	}
	s.open--
	if s.open < s.options.MaxConns {
		s.listener.Resume()
	}
	if s.open == 0 && s.drained != nil {
		s.drained()
	}
}

// Stop accepts no more, and calls done when every open connection has ended. Those that are still open after linger are
// closed.
func (s *Echo) Stop(linger time.Duration, done func()) {
	s.listener.Close()
	end := s.loop.After(linger, s.closeAll)
	s.drained = func() {
		end.Stop()
		done()
	}
	if s.open == 0 {
		s.drained()
	}
}

func (s *Echo) closeAll() {
	for _, e := range s.connections() {
		if unread, err := unix.IoctlGetInt(e.conn.FD(), fionread); e.flow.mover.held() > 0 || err == nil && unread > 0 {
			s.Totals.CutOff++
		}
		e.close()
	}
}

// connections lists what is open; the loop is the one that knows.
func (s *Echo) connections() []*echoConn {
	var open []*echoConn
	s.loop.Handlers(func(h mux.Handler) {
		if c, ok := h.(*Conn); ok {
			if e, ok := c.owner.(*echoConn); ok {
				open = append(open, e)
			}
		}
	})
	return open
}
