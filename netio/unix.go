package netio

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// UnixError is an operation on a Unix socket's path that failed.
type UnixError struct {
	Op   string // "connect", "listen"
	Path string
	Err  error
}

func (e *UnixError) Error() string { return fmt.Sprintf("%s unix:%s: %v", e.Op, e.Path, e.Err) }
func (e *UnixError) Unwrap() error { return e.Err }

// ErrBacklogFull is a Unix socket whose backlog is full. The system offers no way to wait for a place in it.
var ErrBacklogFull = errors.New("the backlog is full")

// DialUnix connects to a Unix socket: of datagrams if packets, from the path source unless that is empty. A path that
// begins with @ is an abstract name, where the system has those. It never blocks. Its error is a *UnixError; one
// that is ErrBacklogFull asks to try again.
func (l *Loop) DialUnix(path, source string, packets bool) (*Conn, error) {
	kind := unix.SOCK_STREAM
	if packets {
		kind = unix.SOCK_DGRAM
	}
	fd, err := newSocket(unix.AF_UNIX, kind)
	if err != nil {
		return nil, &UnixError{"connect", path, err}
	}
	var own *ownPath
	switch {
	case source != "":
		own, err = bindUnix(fd, source)
	case packets:
		own, err = bindAnyUnix(fd)
	}
	if err == nil {
		err = plainUnixError(path, unix.Connect(fd, &unix.SockaddrUnix{Name: path}))
	}
	if err != nil {
		unix.Close(fd)
		own.remove()
		if err == unix.EAGAIN {
			err = ErrBacklogFull
		}
		return nil, &UnixError{"connect", path, err}
	}
	c := l.socketConn(fd, path)
	c.confirms = false
	if packets {
		c = l.packetConn(fd, path, datagrams{})
	}
	c.owns(own)
	return c, nil
}

// ListenUnix listens on a path. One that nobody listens on any more is replaced, a live one never is. Its error is a
// *UnixError.
func (l *Loop) ListenUnix(path string, o ListenOptions) (*Listener, error) {
	fd, err := newSocket(unix.AF_UNIX, unix.SOCK_STREAM)
	if err != nil {
		return nil, &UnixError{"listen", path, err}
	}
	own, err := bindUnix(fd, path)
	if err == nil {
		err = o.listen(fd)
	}
	if err != nil {
		unix.Close(fd)
		own.remove()
		return nil, &UnixError{"listen", path, err}
	}
	ln := l.newListener([]int{fd}, o)
	ln.path = own
	return ln, nil
}

// ListenUnixPackets binds a datagram socket to a path, by the rules of ListenUnix.
func (l *Loop) ListenUnixPackets(path string, many bool) (*PacketListener, error) {
	fd, err := newSocket(unix.AF_UNIX, unix.SOCK_DGRAM)
	if err != nil {
		return nil, &UnixError{"listen", path, err}
	}
	own, err := bindUnix(fd, path)
	if err != nil {
		unix.Close(fd)
		return nil, &UnixError{"listen", path, err}
	}
	ln := l.packetListener([]int{fd}, many)
	ln.path = own
	return ln, nil
}

// bindUnix binds fd to path, replacing a stale socket: one that refuses to be connected to.
func bindUnix(fd int, path string) (*ownPath, error) {
	sa := &unix.SockaddrUnix{Name: path}
	err := plainUnixError(path, unix.Bind(fd, sa))
	if err == unix.EADDRINUSE && isStale(path) {
		if err = unix.Unlink(path); err == nil {
			err = unix.Bind(fd, sa)
		}
	}
	if err != nil {
		return nil, err
	}
	return ownedPath(path), nil
}

// plainUnixError says of a path that is too long for an address that it is.
func plainUnixError(path string, err error) error {
	if err == unix.EINVAL && len(path) >= len(unix.RawSockaddrUnix{}.Path) {
		return unix.ENAMETOOLONG
	}
	return err
}

// isStale says whether path is a socket that nobody has open. It asks with datagrams, for a stream would be accepted: who
// listens for streams refuses them with EPROTOTYPE, and learns nothing of it.
func isStale(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return false
	}
	fd, err := newSocket(unix.AF_UNIX, unix.SOCK_DGRAM)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return unix.Connect(fd, &unix.SockaddrUnix{Name: path}) == unix.ECONNREFUSED
}

// ownPath is a path that was made by binding a socket. It is removed only while it is still the same file.
type ownPath struct {
	name string
	file os.FileInfo
}

// ownedPath is nil for an abstract name, which needs no removing.
func ownedPath(name string) *ownPath {
	if strings.HasPrefix(name, "@") {
		return nil
	}
	info, err := os.Lstat(name)
	if err != nil {
		return nil
	}
	return &ownPath{name, info}
}

func (p *ownPath) remove() {
	if p == nil {
		return
	}
	if info, err := os.Lstat(p.name); err == nil && os.SameFile(info, p.file) {
		os.Remove(p.name)
	}
}
