package netio

import (
	"errors"
	"net/netip"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// EchoOptions are the rules of an echo server. Zero values mean no bound, no fault and no callback.
type EchoOptions struct {
	MaxConns int           // more wait in the backlog
	Idle     time.Duration // a connection without traffic for this long is closed
	Rate     int64         // bytes per second and connection, at most
	Faults   Faults
	Presence *Presence // shared with the servers on other loops; nil: there are none

	OnAccept func(id uint32, c *Conn, from netip.AddrPort)
	OnClose  func(id uint32, c *Conn, received, sent int64, err error) // bytes read, and bytes taken
}

// ErrCutOff is the error of a connection that Stop closed while bytes were on their way.
var ErrCutOff = errors.New("cut off")

// EchoTotals count what an echo server has done.
type EchoTotals struct {
	Conns  uint64 // connections accepted
	Bytes  int64  // bytes sent back
	Peak   int    // most connections at a time
	CutOff int    // connections closed by Stop while bytes were on their way
}

// Echo sends back what arrives on each connection of a listener. A connection at rest is only a
// descriptor: it holds no bytes and has no callback. A connection becomes an echoConn if its peer
// does not take the answer, or if an option concerns each connection.
type Echo struct {
	Totals   EchoTotals
	loop     *Loop
	listener *Listener
	options  EchoOptions
	resting  mux.Crowd
	attended bool // every connection is an echoConn from its beginning
	buffers  pool
	open     int
	idle     map[*echoConn]*stillness // with Idle only
	drained  func()                   // after Stop, when the last connection has gone
}

// echoBuffer is how many bytes one connection can have on their way, at most. A client that does
// not read leaves that much behind.
const echoBuffer = 64 << 10

// NewEcho serves the connections of ln, whose errors and shortages go to its own callbacks.
func NewEcho(ln *Listener, o EchoOptions) (*Echo, error) {
	s := &Echo{loop: ln.loop, listener: ln, options: o, buffers: pool{size: echoBuffer}}
	s.attended = o.Idle > 0 || o.Rate > 0 || o.Faults.any() || o.OnAccept != nil || o.OnClose != nil
	s.resting = s.loop.NewCrowd(s.bounce)
	if o.Idle > 0 {
		s.idle = make(map[*echoConn]*stillness)
	}
	return s, ln.acceptRaw(s.accepted)
}

func (s *Echo) accepted(fd int, from netip.AddrPort) {
	s.Totals.Conns++
	s.open++
	s.Totals.Peak = max(s.Totals.Peak, s.open)
	s.options.Presence.came()
	if s.options.MaxConns > 0 && s.open >= s.options.MaxConns {
		s.listener.Pause()
	}
	if s.attended {
		s.attend(fd).begin(uint32(s.Totals.Conns), from)
	} else if err := s.rest(fd); err != nil {
		s.close(fd)
	}
}

// rest watches a connection that holds no bytes.
func (s *Echo) rest(fd int) error { return s.resting.Watch(fd, mux.Readable) }

// bounce answers what has come on a connection at rest: one read and one write.
func (s *Echo) bounce(fd int, _ mux.Events) {
	buf := s.buffers.get()
	n, err := socket{}.read(fd, buf)
	if err != nil || n == 0 {
		s.buffers.put(buf)
		if err != unix.EAGAIN && err != unix.EINTR { // the end, or a reset
			s.close(fd)
		}
		return
	}
	sent, err := socket{}.write(fd, buf[:n])
	sent = max(sent, 0)
	s.Totals.Bytes += int64(sent)
	switch {
	case sent == n:
		s.buffers.put(buf)
	case err == nil || err == unix.EAGAIN || err == unix.EINTR:
		s.attend(fd).hold(buf[:n], sent)
	default:
		s.buffers.put(buf)
		s.close(fd)
	}
}

// close ends a connection at rest.
func (s *Echo) close(fd int) {
	s.options.Presence.leaves()
	s.loop.Close(fd)
	s.loop.closed()
	s.left()
}

// left updates the count after a connection has been closed.
func (s *Echo) left() {
	s.open--
	if s.open < s.options.MaxConns {
		s.listener.Resume()
	}
	if s.open == 0 && s.drained != nil {
		s.drained()
	}
}

// Stop accepts no more, and calls done when every open connection has ended. After linger it closes
// those that are still open.
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

// closeAll closes the open connections. The server keeps no list of them; the loop does.
func (s *Echo) closeAll() {
	s.resting.Each(func(fd int) {
		s.cutsOff(fd, 0)
		s.close(fd)
	})
	s.loop.Handlers(func(h mux.Handler) {
		if e := echoConnOf(h); e != nil {
			if s.cutsOff(e.conn.FD(), e.flow.mover.held()) {
				e.flow.fail(ErrCutOff)
			}
			e.close()
		}
	})
}

// cutsOff reports whether a close loses bytes that we hold or have not read, and counts that.
func (s *Echo) cutsOff(fd, held int) bool {
	if unread, err := unix.IoctlGetInt(fd, sock.Fionread); held == 0 && (err != nil || unread == 0) {
		return false
	}
	s.Totals.CutOff++
	return true
}

// Presence counts the connections of several echo servers, each on its own loop. All of them share
// it. A nil Presence counts nothing.
type Presence struct{ open, peak atomic.Int64 }

// Peak returns the highest number of connections at one time.
func (p *Presence) Peak() int { return int(p.peak.Load()) }

func (p *Presence) came() {
	if p == nil {
		return
	}
	n := p.open.Add(1)
	for peak := p.peak.Load(); n > peak && !p.peak.CompareAndSwap(peak, n); peak = p.peak.Load() {
	}
}

// leaves comes before the close: a client that has seen the end may connect to another loop.
func (p *Presence) leaves() {
	if p != nil {
		p.open.Add(-1)
	}
}
