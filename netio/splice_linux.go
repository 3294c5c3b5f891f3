package netio

import (
	"io"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// zeroCopy returns the mover that lets the kernel carry bytes from src to dst, or nil.
func zeroCopy(src, dst *Conn, p *pool) mover {
	switch {
	case src.kind == kindFile && dst.kind == kindSocket:
		return &sender{direct{pool: p, src: src}}
	case src.kind == kindPipe && dst.kind == kindSocket, src.kind == kindSocket && dst.kind == kindPipe:
		widen(src)
		widen(dst)
		return &splicer{direct: direct{pool: p, src: src}}
	case src.kind == kindSocket && src.confirms && dst.kind == kindNull:
		return &discarder{direct{pool: p, src: src}}
	case src.kind == kindSocket && (dst.kind == kindFile || dst.kind == kindNull):
		return newPiped(p)
	}
	return nil
}

// pipeSize is the size of our pipes: the most that pipe(7) allows every user (pipe-max-size).
const pipeSize = 1 << 20

// widen enlarges c if it is a pipe and the system allows it.
func widen(c *Conn) {
	if c.kind == kindPipe {
		unix.FcntlInt(uintptr(c.fd), unix.F_SETPIPE_SZ, pipeSize)
	}
}

// splice is splice(2) without blocking on a pipe. Like sendfile it does not tell Go's scheduler
// (RawSyscall). The call is long enough for the scheduler to give the loop's processor to another
// thread, which has nothing to do. Getting it back costs a tenth of the whole time. At worst the
// loop waits for a disk, and it has nothing else to wait for.
func splice(from, to, most int) (int, error) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_SPLICE, uintptr(from), 0, uintptr(to), 0, uintptr(min(most, pipeSize)),
		unix.SPLICE_F_NONBLOCK|unix.SPLICE_F_MOVE)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// isRefusal reports whether the kernel cannot do the call at all: not for these descriptors
// (EINVAL), in this version (ENOSYS), without a buffer (EFAULT), or for this process (EPERM:
// seccomp).
func isRefusal(err error) bool {
	return err == unix.EINVAL || err == unix.ENOSYS || err == unix.EFAULT || err == unix.EPERM || err == unix.EOPNOTSUPP
}

// networkErrors come from the socket's side of a move between a socket and something local.
var networkErrors = []error{unix.ECONNRESET, unix.ECONNABORTED, unix.ETIMEDOUT, unix.ENOTCONN, unix.EHOSTUNREACH,
	unix.ENETUNREACH, unix.ENETDOWN, unix.EHOSTDOWN, unix.ECONNREFUSED}

// blame attributes a move's error to one of its ends. EPIPE is always the sink's: nobody reads.
func blame(src, dst *Conn, err error) error {
	network := slices.Contains(networkErrors, err)
	if err == unix.EPIPE || network == (dst.kind == kindSocket) {
		return dst.failed("write", err)
	}
	return src.failed("read", err)
}

// direct is the common part of the direct movers: a claim that the source may have more.
type direct struct {
	pool    *pool
	src     *Conn
	claimed bool
	moved   bool // a byte has moved: the kernel does not refuse
}

func (m *direct) pull(*Conn) (int, error) {
	m.claimed = true
	return 0, nil
}

// result converts the result of one kernel call. Each mover judges EAGAIN for itself.
func (m *direct) result(n int, err error, dst *Conn) (int, error) {
	switch {
	case n > 0:
		m.moved = true
		return n, nil
	case err == nil:
		return 0, io.EOF
	case err == unix.EINTR:
		return 0, errAgain
	case !m.moved && isRefusal(err):
		return 0, errRefused
	}
	return 0, blame(m.src, dst, err)
}

func (m *direct) held() int      { return 0 }
func (m *direct) pending() bool  { return m.claimed }
func (m *direct) room() bool     { return !m.claimed }
func (m *direct) drop()          {}
func (m *direct) instead() mover { return &copier{pool: m.pool} }

// splicer is the direct mover between a pipe and a socket, in either direction.
type splicer struct {
	direct
	crumbs int // small moves in a row
}

// splice moves each of a writer's pieces alone, however small. A read takes all that is there.
// After mostCrumbs moves in a row of fewer than crumb bytes, copying is faster.
const (
	crumb      = 4096
	mostCrumbs = 32
)

func (m *splicer) pull(src *Conn) (int, error) {
	if m.crumbs >= mostCrumbs {
		return 0, errRefused
	}
	return m.direct.pull(src)
}

func (m *splicer) name() string { return "splice" }

func (m *splicer) instead() mover {
	if m.crumbs >= mostCrumbs {
		return &yielding{copier{pool: m.pool}}
	}
	return m.direct.instead()
}

// yielding is the copier for a source that is written in crumbs. Before it reads it lets other
// processes run, so that the writer can add to the bytes. Without others that does nothing.
type yielding struct{ copier }

func (m *yielding) pull(src *Conn) (int, error) {
	syscall.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
	return m.copier.pull(src)
}

func (m *splicer) push(dst *Conn, most int) (int, error) {
	n, err := splice(m.src.FD(), dst.FD(), most)
	if n == 0 && (err == nil || err == unix.EAGAIN) && beforeUrgent(m.src) {
		return 0, errRefused
	}
	if err == unix.EAGAIN {
		return 0, m.again(dst)
	}
	if m.crumbs++; n >= crumb {
		m.crumbs = 0
	}
	return m.result(n, err, dst)
}

// beforeUrgent reports whether the next byte of a TCP connection is urgent, and so not part of the
// stream. recv(2) skips it. splice(2) stops before it for ever: with EAGAIN although the socket is
// readable, or with 0 as at the end.
func beforeUrgent(src *Conn) bool {
	if !src.confirms {
		return false
	}
	at, err := unix.IoctlGetInt(src.FD(), unix.SIOCATMARK)
	return err == nil && at != 0
}

// again finds the end that EAGAIN is about. The pipe decides: it has bytes or not, or it has room
// or not. If that has changed since the splice, the loop reports the other end ready at once, and
// the next push moves.
func (m *splicer) again(dst *Conn) error {
	sinkFull := false
	if dst.kind == kindPipe {
		sinkFull = !sock.Writable(dst.FD())
	} else {
		sinkFull = sock.Unread(m.src.FD()) > 0
	}
	if sinkFull {
		dst.writeReady = false
	} else {
		m.src.readReady, m.claimed = false, false
	}
	return errAgain
}

// discarder is the direct mover from a TCP connection to the null device. With MSG_TRUNC the kernel
// throws away what has arrived and returns its size (tcp(7)), so no byte is copied.
type discarder struct{ direct }

func (m *discarder) name() string { return "discard" }

func (m *discarder) push(dst *Conn, most int) (int, error) {
	n, err := m.skip(min(most, stepBudget))
	if err == unix.EAGAIN {
		m.src.readReady, m.claimed = false, false
		return 0, errAgain
	}
	return m.result(n, err, dst)
}

// skip calls recv(2) without a buffer.
func (m *discarder) skip(most int) (int, error) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(m.src.FD()), 0, uintptr(most),
		unix.MSG_TRUNC|unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
