package netio

import (
	"errors"

	"golang.org/x/sys/unix"

	"gnc/netio/outfile"
	"gnc/netio/sock"
)

// ErrBacklogFull is a Unix socket's full backlog. The system offers no way to wait for room.
var ErrBacklogFull = errors.New("the backlog is full")

// DialUnixOptions say how to connect to a Unix socket.
type DialUnixOptions struct {
	Packets bool // datagrams
	// Source is our own path. "" means none for a stream. For datagrams it means a temporary path,
	// so that the peer can answer.
	Source  string
	OnBound func(path string) // called with our own path, if there is one; or nil
}

// DialUnix connects to a Unix socket, without blocking. A path that begins with @ is an abstract
// name, where the system has those. Its error is a *sock.UnixError. ErrBacklogFull asks to try
// again.
func (l *Loop) DialUnix(path string, o DialUnixOptions) (*Conn, error) {
	kind := unix.SOCK_STREAM
	if o.Packets {
		kind = unix.SOCK_DGRAM
	}
	fd, err := sock.New(unix.AF_UNIX, kind)
	if err != nil {
		return nil, &sock.UnixError{Op: "connect", Path: path, Err: err}
	}
	own, err := o.bind(fd)
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	if err := sock.ConnectUnix(fd, path); err != nil {
		unix.Close(fd)
		own.Remove()
		if err == unix.EAGAIN {
			err = ErrBacklogFull
		}
		return nil, &sock.UnixError{Op: "connect", Path: path, Err: err}
	}
	c := l.socketConn(fd, path)
	c.confirms = false
	if o.Packets {
		c = l.packetConn(fd, path, datagrams{}, datagrams{}, nil)
	}
	c.owns(own)
	return c, nil
}

// bind gives a socket a path of its own before it connects, if it needs one.
func (o *DialUnixOptions) bind(fd int) (own *sock.OwnPath, err error) {
	path := o.Source
	switch {
	case path != "":
		own, err = sock.BindUnix(fd, path)
	case o.Packets:
		path, own, err = sock.BindTemporary(fd)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, &sock.UnixError{Op: "bind", Path: path, Err: err}
	}
	if o.OnBound != nil {
		o.OnBound(path)
	}
	return own, nil
}

// ListenUnix listens on a path. It replaces a socket without a listener, never a live one. Its
// error is a *sock.UnixError.
func (l *Loop) ListenUnix(path string, o ListenOptions) (*Listener, error) {
	fd, err := sock.New(unix.AF_UNIX, unix.SOCK_STREAM)
	if err != nil {
		return nil, &sock.UnixError{Op: "listen", Path: path, Err: err}
	}
	own, err := sock.BindUnix(fd, path)
	if err == nil {
		err = o.Listen(fd)
	}
	if err != nil {
		unix.Close(fd)
		own.Remove()
		return nil, &sock.UnixError{Op: "listen", Path: path, Err: err}
	}
	ln := l.newListener([]int{fd}, o)
	ln.path = own
	return ln, nil
}

// ListenUnixPackets binds a datagram socket to a path, with the rules of ListenUnix.
func (l *Loop) ListenUnixPackets(path string, many bool) (*PacketListener, error) {
	fd, err := sock.New(unix.AF_UNIX, unix.SOCK_DGRAM)
	if err != nil {
		return nil, &sock.UnixError{Op: "listen", Path: path, Err: err}
	}
	own, err := sock.BindUnix(fd, path)
	if err != nil {
		unix.Close(fd)
		return nil, &sock.UnixError{Op: "listen", Path: path, Err: err}
	}
	ln := l.packetListener([]int{fd}, many)
	ln.path = own
	return ln, nil
}

// LeavePath keeps a Unix socket's path when the listener closes.
func (ln *Listener) LeavePath() { ln.path = nil }

// LeavePath keeps a Unix socket's path when the listener, or its Conn, closes.
func (p *PacketListener) LeavePath() { p.path = nil }

// PassFD hands the connection's descriptor to the process that reads the socket fd, beside a zero
// byte (SCM_RIGHTS, cmsg(3)). The descriptor blocks, as programs expect.
func (c *Conn) PassFD(fd int) error {
	if err := unix.SetNonblock(c.FD(), false); err != nil {
		return c.failed("pass", err)
	}
	if err := unix.Sendmsg(fd, []byte{0}, unix.UnixRights(c.FD()), nil, 0); err != nil {
		return outfile.Failed("sendmsg", "stdout", err)
	}
	return nil
}
