package netio

import (
	"errors"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// EchoOptions are the rules of an echo server. Zero values mean: no bound, no fault, nobody to tell.
type EchoOptions struct {
	MaxConns int           // more wait in the backlog
	Idle     time.Duration // a connection on which nothing moves for this long is closed
	Rate     int64         // bytes a second at most, each connection
	Faults   Faults
	Presence *Presence // shared with the servers beside this one; nil: there are none

	OnAccept func(id uint32, c *Conn, from netip.AddrPort)
	OnClose  func(id uint32, c *Conn, received, sent int64, err error) // bytes that were read, and that the client took
}

// ErrCutOff is why a connection ended that Stop closed while bytes were on their way.
var ErrCutOff = errors.New("cut off")

// EchoTotals is what an echo server has done.
type EchoTotals struct {
	Conns  uint64 // connections accepted
	Bytes  int64  // bytes sent back
	Peak   int    // most connections at a time
	CutOff int    // connections closed by Stop while bytes were on their way
}

// Echo sends back what arrives on each connection of a listener. A connection at rest is its descriptor and nothing else:
// it holds no bytes, and nobody is to be told of it. One that is not, because its peer does not take what it asked for, or
// because of an option that concerns each connection alone, is an echoConn.
type Echo struct {
	Totals   EchoTotals
	loop     *Loop
	listener *Listener
	options  EchoOptions
	resting  mux.Crowd
	attended bool // every connection is an echoConn from the first to the last
	buffers  pool
	open     int
	idle     map[*echoConn]*stillness // with Idle only
	drained  func()                   // after Stop, when the last connection has gone
}

// echoBuffer is what one connection can have on its way at most: the backlog of a client that does not read.
const echoBuffer = 64 << 10

// NewEcho serves the connections of ln, whose errors and shortages go to the functions in its own options.
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

// rest is for a connection that holds nothing.
func (s *Echo) rest(fd int) error { return s.resting.Watch(fd, mux.Readable) }

// bounce is told that something comes on a connection at rest. What one read brings goes back with one write.
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

// left is told that a connection has been closed.
func (s *Echo) left() {
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

// closeAll closes what is open; the loop is the one that knows.
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

// cutsOff says whether bytes are on their way on a connection that is to be closed, held by us or not read yet, and counts
// it if so.
func (s *Echo) cutsOff(fd, held int) bool {
	if unread, err := unix.IoctlGetInt(fd, sock.Fionread); held == 0 && (err != nil || unread == 0) {
		return false
	}
	s.Totals.CutOff++
	return true
}
