package netio

import (
	"cmp"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// socket is a connected stream socket of our own: it does not block.
type socket struct{}

func (socket) read(fd int, p []byte) (int, error)  { return sock.RawRecv(fd, p, 0) } // two percent cheaper than read(2)
func (socket) write(fd int, p []byte) (int, error) { return sock.RawSend(fd, p, 0) }
func (socket) closeWrite(c *Conn) error            { return shutdownWrite(c.FD()) }

// sharedSocket is a socket that others hold too, so that its O_NONBLOCK is theirs: each call says MSG_DONTWAIT.
type sharedSocket struct{}

func (sharedSocket) read(fd int, p []byte) (int, error) {
	return sock.RawRecv(fd, p, unix.MSG_DONTWAIT)
}
func (sharedSocket) write(fd int, p []byte) (int, error) {
	return sock.RawSend(fd, p, unix.MSG_DONTWAIT)
}

// closeWrite half-closes the connection itself, for all who share it: this is how the program at its other end is told,
// and closing our descriptor alone would not do it while stdin is the same socket.
func (sharedSocket) closeWrite(c *Conn) error { return shutdownWrite(c.FD()) }

// ToNull closes a standard stream and has its descriptor lead to /dev/null instead, so that its number is not taken by a
// connection that somebody then takes for stdout. Where there is no /dev/null, as in a bare chroot, it is the root
// directory, which is neither read nor written. The error may be what closing it said.
func ToNull(fd int) error {
	null, err := openNull()
	var closeErr error
	if sock.IsShortage(err) { // then the stream's own place will do
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

// shutdownWrite is a half-close. A socket whose peer is already gone is as half-closed as it can be.
func shutdownWrite(fd int) error {
	if err := unix.Shutdown(fd, unix.SHUT_WR); err != nil && err != unix.ENOTCONN {
		return err
	}
	return nil
}

// stream is a pipe or a terminal through a description of our own, which does not block.
type stream struct{ local }

func (stream) read(fd int, p []byte) (int, error)  { return sock.RawRead(fd, p) }
func (stream) write(fd int, p []byte) (int, error) { return unix.Write(fd, p) }

// file is a regular file, a block device or a memory device such as /dev/null: never blocks for long, is always ready.
type file struct{ local }

func (file) read(fd int, p []byte) (int, error)  { return unix.Read(fd, p) }
func (file) write(fd int, p []byte) (int, error) { return unix.Write(fd, p) }

// ready is a pipe, terminal or device whose description is shared, so that the only way not to block is to wait until
// it is ready and do one operation: a ready pipe takes PIPE_BUF bytes at least.
type ready struct{ local }

func (ready) read(fd int, p []byte) (int, error) { return unix.Read(fd, p) }
func (ready) write(fd int, p []byte) (int, error) {
	return unix.Write(fd, p[:min(len(p), sock.PipeBuf)])
}

// local is how the end of the output is passed on to whoever reads our stdout: by closing it.
type local struct{}

// closeWrite closes the private description, if there is one, and lets go of the inherited descriptor. A file says at
// this point whether what it took was kept (NFS, quota); the duplicate is closed because dup2 hides what close says.
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
