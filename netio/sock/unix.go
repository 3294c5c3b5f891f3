package sock

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// UnixError is a failed operation on a Unix socket's path.
type UnixError struct {
	Op   string // "connect", "bind", "listen"
	Path string
	Err  error
}

func (e *UnixError) Error() string { return fmt.Sprintf("%s unix:%s: %v", e.Op, e.Path, e.Err) }

func (e *UnixError) Unwrap() error { return e.Err }

// BindTemporary binds a datagram socket to a new path in the directory for temporary files. The
// system's own choice would be an abstract name (autobind, unix(7)). A peer in another network
// namespace cannot answer to that.
func BindTemporary(fd int) (path string, own *OwnPath, err error) {
	dir, err := filepath.Abs(os.TempDir()) // the peer may be in another directory
	if err != nil {
		return os.TempDir(), nil, err
	}
	for range 16 {
		path = filepath.Join(dir, fmt.Sprintf("gnc-%016x", rand.Uint64()))
		if err = bindPath(fd, path); err != unix.EADDRINUSE {
			break
		}
	}
	if err != nil {
		return path, nil, err
	}
	return path, ownedPath(path), nil
}

// BindUnix binds fd to path. It replaces a stale socket, which is one that refuses connections.
func BindUnix(fd int, path string) (*OwnPath, error) {
	err := bindPath(fd, path)
	if err == unix.EADDRINUSE && isStale(path) {
		if err = unix.Unlink(path); err == nil {
			err = bindPath(fd, path)
		}
	}
	if err != nil {
		return nil, takenPath(path, err)
	}
	return ownedPath(path), nil
}

// PathTakenError is a path that cannot be bound because a file that is no socket has it.
type PathTakenError struct {
	What string // "a regular file"
	Err  error
}

func (e *PathTakenError) Error() string { return fmt.Sprintf("%v: %s", e.Err, e.Hint()) }

func (e *PathTakenError) Unwrap() error { return e.Err }

// Hint says what the user can do about it.
func (e *PathTakenError) Hint() string {
	return e.What + " is there, and is left alone; remove it, or choose another path"
}

// takenPath adds to the error of a path in use what kind of file has it, unless that is a socket.
func takenPath(path string, err error) error {
	info, statErr := os.Lstat(path)
	if err != unix.EADDRINUSE || statErr != nil || info.Mode().Type() == os.ModeSocket {
		return err
	}
	what := map[os.FileMode]string{0: "a regular file", os.ModeDir: "a directory", os.ModeSymlink: "a symbolic link",
		os.ModeNamedPipe: "a named pipe"}[info.Mode().Type()]
	if what == "" {
		what = "a device"
	}
	return &PathTakenError{what, err}
}

// bindPath binds fd to path. It uses the standard library's system calls, as do ConnectUnix and
// sendUnix: x/sys refuses an abstract name of 107 bytes, the longest that there is.
func bindPath(fd int, path string) error {
	return plainUnixError(path, syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}))
}

func ConnectUnix(fd int, path string) error {
	return plainUnixError(path, syscall.Connect(fd, &syscall.SockaddrUnix{Name: path}))
}

func sendUnix(fd int, p []byte, path string) error {
	return syscall.Sendto(fd, p, 0, &syscall.SockaddrUnix{Name: path})
}

// plainUnixError returns ENAMETOOLONG, not EINVAL, for a path that is too long for an address.
func plainUnixError(path string, err error) error {
	if err == unix.EINVAL && len(path) >= len(unix.RawSockaddrUnix{}.Path) {
		return unix.ENAMETOOLONG
	}
	return err
}

// isStale reports whether path is a socket that no process has open. It asks with a datagram
// socket, because a listener would accept a stream. A listener of streams refuses datagrams with
// EPROTOTYPE and does not notice.
func isStale(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return false
	}
	fd, err := New(unix.AF_UNIX, unix.SOCK_DGRAM)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return ConnectUnix(fd, path) == unix.ECONNREFUSED
}

// OwnPath is a path that a bind created. Remove removes it only while it is still the same file.
type OwnPath struct {
	name string
	file os.FileInfo
}

// ownedPath returns nil for an abstract name, which needs no removal.
func ownedPath(name string) *OwnPath {
	if strings.HasPrefix(name, "@") {
		return nil
	}
	info, err := os.Lstat(name)
	if err != nil {
		return nil
	}
	return &OwnPath{name, info}
}

func (p *OwnPath) Remove() {
	if p == nil {
		return
	}
	if info, err := os.Lstat(p.name); err == nil && os.SameFile(info, p.file) {
		os.Remove(p.name)
	}
}
