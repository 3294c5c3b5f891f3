package netio

import (
	"io"

	"golang.org/x/sys/unix"
)

// piped is the mover from a socket to a file, through a pipe of its own: splice needs a pipe on one
// side. The bytes in the pipe have left the socket, so they must reach the sink.
type piped struct {
	pool    *pool
	r, w    int // the pipe
	inside  int // bytes in it
	full    bool
	refused bool // the sink refuses splice: the bytes inside go through a buffer
	copier  copier
}

// newPiped makes the pipe. If the process has no free descriptors, it returns a copier instead.
func newPiped(p *pool) mover {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return &copier{pool: p}
	}
	unix.FcntlInt(uintptr(fds[1]), unix.F_SETPIPE_SZ, pipeSize)
	return &piped{pool: p, r: fds[0], w: fds[1], copier: copier{pool: p}}
}

// pull fills the pipe. After EAGAIN with an empty pipe the socket is empty. Otherwise the pipe may
// be full, in bytes or in slots, so it is emptied before the next try.
func (m *piped) pull(src *Conn) (int, error) {
	n, err := splice(src.FD(), m.w, unlimited)
	switch urgent := n == 0 && (err == nil || err == unix.EAGAIN) && beforeUrgent(src); {
	case n > 0:
		m.inside += n
		return n, nil
	case urgent && m.inside > 0:
		m.full = true
	case urgent:
		return 0, errRefused
	case err == nil:
		return 0, io.EOF
	case err == unix.EINTR:
	case err == unix.EAGAIN && m.inside > 0:
		m.full = true
	case err == unix.EAGAIN:
		src.readReady = false
	case m.inside == 0 && isRefusal(err):
		return 0, errRefused
	default:
		return 0, src.failed("read", err)
	}
	return 0, errAgain
}

func (m *piped) push(dst *Conn, most int) (int, error) {
	if m.refused {
		return m.pushCopy(dst, most)
	}
	n, err := splice(m.r, dst.FD(), min(most, m.inside))
	switch {
	case n > 0:
		m.inside -= n
		m.full = false
		return n, nil
	case err == nil, err == unix.EINTR:
	case err == unix.EAGAIN:
		dst.writeReady = false
	case isRefusal(err):
		m.refused = true
		return m.pushCopy(dst, most)
	default:
		return 0, dst.failed("write", err)
	}
	return 0, errAgain
}

// pushCopy moves the pipe's bytes through a buffer, for a sink that refuses splice. Once the pipe
// is empty the flow continues without it.
func (m *piped) pushCopy(dst *Conn, most int) (int, error) {
	if m.copier.held() == 0 {
		if m.inside == 0 {
			return 0, errRefused
		}
		buf := m.pool.get()
		n, err := unix.Read(m.r, buf)
		if n <= 0 {
			m.pool.put(buf)
			return 0, dst.failed("write", err)
		}
		m.inside -= n
		m.copier.buf, m.copier.done = buf[:n], 0
	}
	return m.copier.push(dst, most)
}

func (m *piped) held() int      { return m.inside + m.copier.held() }
func (m *piped) pending() bool  { return m.held() > 0 || m.refused }
func (m *piped) room() bool     { return !m.full && !m.refused }
func (m *piped) name() string   { return "splice" }
func (m *piped) instead() mover { return &copier{pool: m.pool} }

func (m *piped) drop() {
	if m.r < 0 {
		return
	}
	unix.Close(m.r)
	unix.Close(m.w)
	m.r, m.w, m.inside = -1, -1, 0
	m.copier.drop()
}
