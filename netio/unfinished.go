package netio

import (
	"io"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// Unfinished is the way in which a session closes the connection if it fails before it has sent all
// bytes and the end.
type Unfinished uint8

const (
	UnfinishedResets  Unfinished = iota // a reset: the peer must not take a part for the whole
	UnfinishedAtHand                    // a reset only if unsent bytes are at hand, as in nc
	UnfinishedInOrder                   // an orderly end: a person at a terminal knows what was sent
)

// unfinished reports whether an orderly end after err would deceive the peer. The peer would take a
// part for the whole, or believe that we have kept bytes that we lost.
func (s *Session) unfinished(err error) bool {
	if err == nil {
		return false
	}
	undelivered := int(s.recv.lost)
	if s.recv.mover != nil {
		undelivered += s.recv.mover.held()
	}
	switch s.options.Unfinished {
	case UnfinishedInOrder:
		return undelivered > 0
	case UnfinishedAtHand:
		return s.owed() > 0
	}
	return s.send.mover != nil && s.send.state != flowShut || undelivered > 0
}

// owed returns how many unsent bytes are at hand: bytes that were read and not sent, and bytes that
// the input has at once.
func (s *Session) owed() int {
	if s.send.state == flowShut || s.send.mover == nil {
		return 0
	}
	return int(s.send.lost) + s.send.mover.held() + s.in.stock()
}

// stock returns how many bytes a read of c finds at once. A device that reports no number but is
// readable counts as 1.
func (c *Conn) stock() int {
	if stock := c.is().stock; stock != nil {
		return stock()
	}
	if c.fd < 0 {
		return 0
	}
	var st unix.Stat_t
	if err := unix.Fstat(c.FD(), &st); err != nil {
		return 0
	}
	switch uint32(st.Mode) & unix.S_IFMT {
	case unix.S_IFREG:
		at, err := unix.Seek(c.FD(), 0, io.SeekCurrent)
		if err != nil {
			return 0
		}
		return int(max(st.Size-at, 0))
	case unix.S_IFIFO, unix.S_IFSOCK:
		return sock.Unread(c.FD())
	}
	if n, err := unix.IoctlGetInt(c.FD(), sock.Fionread); err == nil {
		return n
	}
	if sock.PollNow(c.FD(), unix.POLLIN) {
		return 1
	}
	return 0
}

// An orderly end (FIN) tells the peer that it has everything. So a connection that has more to send
// is guarded: its close is a reset, even the kernel's close when the program is killed. An orderly
// end removes the guard first. The peer's system still delivers what reached it before the reset.
// Only TCP has a reset. A Unix or vsock stream always ends in order.

// Guard makes the close of c a reset, so that the peer sees a broken connection.
func (c *Conn) Guard() {
	if c.confirms && c.fd >= 0 && !c.guarded {
		sock.Reset(c.FD())
		c.guarded = true
	}
}

// unguard makes the close of c orderly again.
func (c *Conn) unguard() {
	if c.guarded && c.fd >= 0 {
		unix.SetsockoptLinger(c.FD(), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{})
		c.guarded = false
	}
}

// resetNow makes the close of c a reset, drops unsent data, and returns the error for it.
func resetNow(c *Conn) error {
	sock.Reset(c.FD())
	return c.failed("reset", unix.ECONNRESET)
}
