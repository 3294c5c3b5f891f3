package netio

import (
	"errors"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// ErrBacklogFull is a Unix socket whose backlog is full. The system offers no way to wait for a place in it.
var ErrBacklogFull = errors.New("the backlog is full")

// DialUnixOptions say how to connect to a Unix socket.
type DialUnixOptions struct {
	Packets bool              // datagrams
	Source  string            // path of our own; "": none for a stream, a temporary one for datagrams, so that they can be answered
	OnBound func(path string) // is told of the path of our own, if there is one; or nil
}

// DialUnix connects to a Unix socket. A path that begins with @ is an abstract name, where the system has those. It never
// blocks. Its error is a *UnixError; one that is ErrBacklogFull asks to try again.
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

// bind gives a socket that is to be connected a path of its own, if it needs one.
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

// ListenUnix listens on a path. One that nobody listens on any more is replaced, a live one never is. Its error is a
// *UnixError.
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

// ListenUnixPackets binds a datagram socket to a path, by the rules of ListenUnix.
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

// LeavePath has a Unix socket's path stay behind when the listener closes.
func (ln *Listener) LeavePath() { ln.path = nil }

// LeavePath has a Unix socket's path stay behind when the listener, or the connection that it becomes, closes.
func (p *PacketListener) LeavePath() { p.path = nil }

// The system calls are the standard library's: x/sys refuses an abstract name of 107 bytes, the longest that there is.
