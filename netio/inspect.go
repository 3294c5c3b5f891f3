package netio

import (
	"bytes"
	"io"
	"time"
)

// inspected is a copier through whose hands the bytes pass one by one: they may be copied, changed, looked at, and
// given line by line.
type inspected struct {
	copier
	taps  taps  // are told of what is held
	sent  bool  // the direction, for the taps
	crlf  *crlf // changes what is read, or nil
	look  func(p []byte)
	noEnd bool          // the end is not passed on, and no matter for the taps
	waits *Expectation  // is shown what comes until it matches, or nil
	pause time.Duration // after each line; needs limit
	limit *limiter

	place  *feed    // that it reads from, or nil
	ration *limiter // of what is read, so that a sink that others wait for is soon free again; nil: no bound
}

func (m *inspected) pull(src *Conn) (int, error) {
	n, err := m.read(src)
	if err == io.EOF && !m.noEnd {
		m.taps.ended(m.sent)
	}
	if n == 0 {
		return 0, err
	}
	if m.look != nil {
		m.look(m.buf)
	}
	if m.waits != nil {
		m.waits.Add(m.buf)
	}
	m.taps.add(m.buf, m.sent)
	return n, nil
}

// read reads as the copier does, or into a second buffer that is twice as large as what may come of it.
func (m *inspected) read(src *Conn) (int, error) {
	if m.ration != nil {
		m.most = int32(min(chatRead, m.ration.most()))
	}
	if m.crlf == nil {
		return m.copier.pull(src)
	}
	raw, buf := m.pool.get(), m.pool.get()
	room := len(raw)
	if m.most > 0 {
		room = int(m.most)
	}
	n, err := src.read(raw[:room/2])
	if n == 0 {
		m.pool.put(buf)
	} else {
		m.buf, m.done = m.crlf.edit(buf[:0], raw[:n]), 0
	}
	m.pool.put(raw)
	return n, err
}

func (m *inspected) push(dst *Conn, most int) (int, error) {
	if m.pause == 0 {
		return m.copier.push(dst, most)
	}
	line := bytes.IndexByte(m.buf[m.done:], '\n') + 1
	if line > 0 {
		most = min(most, line)
	}
	n, err := m.copier.push(dst, most)
	if line > 0 && n == line {
		m.limit.close(m.pause)
	}
	return n, err
}

func (m *inspected) room() bool {
	return m.copier.room() && m.taps.room() && !(m.waits != nil && m.waits.met)
}

func (m *inspected) drop() {
	m.copier.drop()
	if m.place != nil {
		m.place.leave()
	}
}

// crlf turns each LF into CR LF, but for one that follows a CR, in this read or at the end of the one before.
type crlf struct{ afterCR bool }

func (c *crlf) edit(dst, p []byte) []byte {
	for _, b := range p {
		if b == '\n' && !c.afterCR {
			dst = append(dst, '\r')
		}
		c.afterCR = b == '\r'
		dst = append(dst, b)
	}
	return dst
}
