package netio

import (
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"gnc/netio/sock"
)

// Stdin puts an inherited descriptor on the loop to be read. It can be a terminal, pipe, file,
// socket or device. Its flags stay as they are: they belong to the description, which the shell and
// other programs share.
func (l *Loop) Stdin(fd int) (*Conn, error) { return l.standard(fd, unix.O_RDONLY, "stdin") }

// Stdout puts an inherited descriptor on the loop to be written.
func (l *Loop) Stdout(fd int) (*Conn, error) { return l.standard(fd, unix.O_WRONLY, "stdout") }

// IsTerminal reports whether fd is a terminal.
func IsTerminal(fd int) bool { return term.IsTerminal(fd) }

// standard finds a way to read or write fd that cannot block the loop and changes nothing shared.
//
//   - a file never blocks, so it is used as it is;
//   - a socket takes MSG_DONTWAIT for each call;
//   - a pipe or a terminal is opened again, for a non-blocking description of our own;
//   - if that fails (no /proc, another user's pipe, another system), each report permits one call.
func (l *Loop) standard(fd, mode int, name string) (*Conn, error) {
	c := &Conn{loop: l, fd: int32(fd), borrowed: true, local: true, label: named(name)}
	c.label.inherited = fd
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, c.failed("open", err)
	}
	switch kind := uint32(st.Mode) & unix.S_IFMT; {
	case kind == unix.S_IFSOCK:
		c.reader, c.writer = sharedSocket{}, sharedSocket{}
	case kind == unix.S_IFIFO, kind == unix.S_IFCHR && term.IsTerminal(fd):
		c.reopen(mode)
		c.terminal = kind == unix.S_IFCHR
		if kind == unix.S_IFIFO {
			c.kind = kindPipe
		}
		c.watchGone = mode == unix.O_WRONLY && kind == unix.S_IFIFO && writeOnly(c.FD())
	case kind == unix.S_IFCHR && !sock.IsMemory(&st):
		c.reader, c.writer, c.oneShot = ready{}, ready{}, true
	default:
		c.reader, c.writer = file{}, file{}
		if kind == unix.S_IFCHR && mode == unix.O_WRONLY && sock.IsNull(&st) {
			c.kind = kindNull
		} else if kind == unix.S_IFREG && mode == unix.O_RDONLY || mode == unix.O_WRONLY && !appends(fd) {
			c.kind = kindFile
		}
	}
	return c, nil
}

// reopen gives c a description of its own. If that fails, c does one operation for each report.
func (c *Conn) reopen(mode int) {
	fd, err := sock.OpenAgain(c.FD(), mode)
	if err != nil {
		c.reader, c.writer, c.oneShot = ready{}, ready{}, true
		return
	}
	c.fd, c.borrowed = int32(fd), false
	c.reader, c.writer = stream{}, stream{}
}

// appends reports whether every write goes to the end of the file. splice(2) refuses such a sink.
func appends(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	return err != nil || flags&unix.O_APPEND != 0
}

// writeOnly reports whether a pipe cannot be read. Then "readable" only means that it has no
// reader.
func writeOnly(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	return err == nil && flags&unix.O_ACCMODE == unix.O_WRONLY
}
