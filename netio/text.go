package netio

import "golang.org/x/sys/unix"

// text is the channel of a source whose bytes are known in advance.
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
