package netio

import (
	"errors"

	"golang.org/x/sys/unix"

	"gnc/netio/outfile"
)

var errNotRegular = errors.New("not a regular file, and every client is to get it from its start")

// OpenFile puts a regular file on the loop, to be read from its start. It never blocks. It refuses
// other files, because a pipe gives its bytes only once. The error is an *outfile.Error.
func (l *Loop) OpenFile(name string) (*Conn, error) {
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, outfile.Failed("open", name, err)
	}
	c := l.fileConn(fd, name)
	var st unix.Stat_t
	if err = unix.Fstat(fd, &st); err == nil {
		switch uint32(st.Mode) & unix.S_IFMT {
		case unix.S_IFREG:
			return c, nil
		case unix.S_IFDIR:
			err = unix.EISDIR
		default:
			err = errNotRegular
		}
	}
	c.Close()
	return nil, outfile.Failed("open", name, err)
}

// CreateFile puts a new file on the loop, to be written. If the name exists, even as a link that
// leads nowhere, the error is an *outfile.Error that is os.ErrExist.
func (l *Loop) CreateFile(name string) (*Conn, error) {
	fd, err := unix.Open(name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o666)
	if err != nil {
		return nil, outfile.Failed("create", name, err)
	}
	return l.fileConn(fd, name), nil
}

func (l *Loop) fileConn(fd int, name string) *Conn {
	return &Conn{loop: l, fd: int32(fd), local: true, label: named(name), traits: &traits{pieces: piecesOfFile}, reader: ownFile{}, writer: ownFile{}, kind: kindFile}
}

// ownFile is a file that we opened. Only closing it tells whether its data was kept (NFS, quota).
type ownFile struct{ file }

func (ownFile) closeWrite(c *Conn) error {
	err := c.loop.CloseNow(c.FD())
	c.fd = -1
	c.loop.closed()
	return err
}

// text is the channel of a source with fixed bytes.
type text struct {
	local
	left string
}

func (t *text) read(_ int, p []byte) (int, error) {
	n := copy(p, t.left)
	t.left = t.left[n:]
	return n, nil
}

func (t *text) stock() int { return len(t.left) }

func (*text) write(_ int, p []byte) (int, error) { return len(p), nil }

// Text puts a text on the loop, to be read instead of stdin. Writes to it are dropped. Its
// descriptor is /dev/null's, which is always ready.
func (l *Loop) Text(s string) (*Conn, error) {
	name := "the text"
	t := &text{left: s}
	c := &Conn{loop: l, fd: -1, local: true, reader: t, writer: t, traits: &traits{stock: t.stock}, label: named(name)}
	fd, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, c.failed("open", err)
	}
	c.fd = int32(fd)
	return c, nil
}
