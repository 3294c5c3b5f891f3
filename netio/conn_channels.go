package netio

import (
	"cmp"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// socket is a connected stream socket of our own, which does not block. Its recv is two percent
// cheaper than read(2).
type socket struct{}

func (socket) read(fd int, p []byte) (int, error)  { return sock.RawRecv(fd, p, 0) }
func (socket) write(fd int, p []byte) (int, error) { return sock.RawSend(fd, p, 0) }
func (socket) closeWrite(c *Conn) error            { return shutdownWrite(c.FD()) }

// sharedSocket is a socket that other processes hold too. O_NONBLOCK would change it for them, so
// each call passes MSG_DONTWAIT.
type sharedSocket struct{}

func (sharedSocket) read(fd int, p []byte) (int, error) {
	return sock.RawRecv(fd, p, unix.MSG_DONTWAIT)
}
func (sharedSocket) write(fd int, p []byte) (int, error) {
	return sock.RawSend(fd, p, unix.MSG_DONTWAIT)
}

// closeWrite half-closes the connection itself, for all holders of the socket. The program at the
// other end needs that to see the end. To close our descriptor would not be enough while stdin is
// the same socket.
func (sharedSocket) closeWrite(c *Conn) error { return shutdownWrite(c.FD()) }

// ToNull closes a standard stream and opens /dev/null on its descriptor. So no connection gets that
// number, and no code takes a connection for stdout. If there is no /dev/null, as in a bare chroot,
// ToNull opens the root directory, which gives and takes no bytes. The error may be that of the
// close.
func ToNull(fd int) error {
	null, err := openNull()
	var closeErr error
	if sock.IsShortage(err) { // no descriptor is free: free the stream's own
		closeErr = unix.Close(fd)
		null, err = openNull()
	}
	if err != nil {
		return err
	}
	if null != fd {
		err = sock.Dup2(null, fd)
		unix.Close(null)
	}
	return cmp.Or(closeErr, err)
}

func openNull() (int, error) {
	fd, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil && !sock.IsShortage(err) {
		fd, err = unix.Open("/", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	}
	return fd, err
}

// shutdownWrite half-closes a socket. ENOTCONN is no failure: the peer has gone already.
func shutdownWrite(fd int) error {
	if err := unix.Shutdown(fd, unix.SHUT_WR); err != nil && err != unix.ENOTCONN {
		return err
	}
	return nil
}

// stream is a pipe or a terminal with an open file description of our own, which does not block.
type stream struct{ local }

func (stream) read(fd int, p []byte) (int, error)  { return sock.RawRead(fd, p) }
func (stream) write(fd int, p []byte) (int, error) { return unix.Write(fd, p) }

// file is a regular file, a block device or a memory device such as /dev/null. It never blocks for
// long, and is always ready.
type file struct{ local }

func (file) read(fd int, p []byte) (int, error)  { return unix.Read(fd, p) }
func (file) write(fd int, p []byte) (int, error) { return unix.Write(fd, p) }

// ready is a pipe, terminal or device whose open file description other processes share, so we must
// not set O_NONBLOCK. Not to block, we wait until it is ready and do one operation. A ready pipe
// takes PIPE_BUF bytes at least.
type ready struct{ local }

func (ready) read(fd int, p []byte) (int, error) { return unix.Read(fd, p) }
func (ready) write(fd int, p []byte) (int, error) {
	return unix.Write(fd, p[:min(len(p), sock.PipeBuf)])
}

// local passes on the end of the output to the reader of our stdout, by a close.
type local struct{}

// closeWrite closes the private descriptor, if there is one, and the inherited one. The close of a
// file reports whether its bytes were kept (NFS, quota). dup2 hides the error of that close, so
// closeWrite closes a duplicate last.
func (local) closeWrite(c *Conn) error {
	fd := c.label.inherited
	c.Close()
	if fd < 0 {
		return nil
	}
	last, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if sock.IsShortage(err) {
		return ToNull(fd)
	}
	if err != nil {
		return err
	}
	err = ToNull(fd)
	if closeErr := unix.Close(last); err == nil {
		err = closeErr
	}
	return err
}
