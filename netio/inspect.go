package netio

import (
	"bytes"
	"io"
	"regexp"
	"time"

	"gnc/netio/printable"
)

// inspected is a copier that sees every byte. It can copy the bytes to taps, change them, search
// them, and give them line by line.
type inspected struct {
	copier
	taps  taps                  // get a copy of the bytes
	sent  bool                  // the direction: to the peer
	edits []editor              // change the bytes that were read
	look  func(p []byte) []byte // gets the bytes, and returns those that go on; nil: all go on
	noEnd bool                  // the end is not passed on, so the taps do not get it
	waits *Expectation          // gets the bytes until they match, or nil
	pause time.Duration         // after each line; needs limit
	limit *limiter

	// answers go before the held bytes. The other direction is read while they have room. Or nil.
	answers *telnetAnswers

	leave  func()   // called when nothing reads the source any more, or nil
	ration *limiter // bounds a read, so that a shared sink is soon free again; nil: no bound
}

func (m *inspected) pull(src *Conn) (int, error) {
	n, err := m.read(src)
	if err == io.EOF && !m.noEnd {
		m.taps.ended(m.sent)
	}
	if n == 0 {
		return 0, err
	}
	m.taps.add(m.buf, m.sent)
	if m.look != nil {
		m.buf = m.look(m.buf)
	}
	if len(m.buf) == 0 { // no byte goes on: the flow has read nothing
		m.copier.drop()
		return 0, err
	}
	if m.waits != nil {
		m.waits.Add(m.buf)
	}
	return len(m.buf), nil
}

// read reads as the copier does. With edits it reads at most half a buffer, because the edited
// bytes can be twice as long.
func (m *inspected) read(src *Conn) (int, error) {
	if m.ration != nil {
		m.most = int32(min(chatRead, m.ration.most()))
	}
	if len(m.edits) == 0 {
		return m.copier.pull(src)
	}
	text, other := m.pool.get(), m.pool.get()
	room := len(text)
	if m.most > 0 {
		room = int(m.most)
	}
	n, err := src.read(text[:room/2])
	text = text[:n]
	for _, e := range m.edits {
		text, other = e.edit(other[:0], text), text
	}
	m.pool.put(other)
	if n == 0 {
		m.pool.put(text)
	} else {
		m.buf, m.done = text, 0
	}
	return n, err
}

func (m *inspected) push(dst *Conn, most int) (int, error) {
	if m.answersHeld() > 0 {
		if !m.answers.mayFollow(m.buf[:m.done]) {
			most = 1
		} else if err := m.answers.push(dst); err != nil || m.buf == nil {
			return 0, err
		}
	}
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

// held returns the number of held bytes. The sending direction also holds the telnet answers.
func (m *inspected) held() int { return m.copier.held() + m.answersHeld() }

func (m *inspected) pending() bool { return m.copier.pending() || m.answersHeld() > 0 }

func (m *inspected) answersHeld() int {
	if !m.sent {
		return 0
	}
	return m.answers.size()
}

func (m *inspected) room() bool {
	return m.copier.room() && m.taps.room() && (m.sent || m.answers.room()) && !(m.waits != nil && m.waits.met)
}

func (m *inspected) drop() {
	m.copier.drop()
	if m.sent {
		m.answers.drop()
	}
	if m.leave != nil {
		m.leave()
	}
}

// editor changes bytes on their way. edit appends the changed p to dst. All editors of a mover
// together make p at most twice as long. An editor remembers what it needs of earlier bytes.
type editor interface {
	edit(dst, p []byte) []byte
}

// crlf turns each LF into CR LF. An LF after a CR stays as it is, even if the CR was the last byte
// of the read before.
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

// Expectation looks for a pattern in what a peer sends, piece by piece. It keeps the last
// expectWindow bytes and the newest piece. It does not see a longer match, and ^ matches where the
// kept bytes begin.
type Expectation struct {
	pattern *regexp.Regexp
	held    []byte // the last bytes that came
	came    int64  // number of all bytes that came
	first   []byte // the first bytes, for Instead
	met     bool
}

// expectWindow is how far back a match can begin, in bytes.
const expectWindow = 64 << 10

// NewExpectation looks for pattern. Before the first byte not even the empty pattern matches.
func NewExpectation(pattern *regexp.Regexp) *Expectation { return &Expectation{pattern: pattern} }

// Add takes bytes that came.
func (e *Expectation) Add(p []byte) {
	if len(e.held) > expectWindow {
		e.held = append(e.held[:0], e.held[len(e.held)-expectWindow:]...)
	}
	e.held = append(e.held, p...)
	e.first = append(e.first, p[:min(len(p), printable.ExcerptMost-len(e.first))]...)
	e.came += int64(len(p))
	e.met = len(e.held) > 0 && e.pattern.Match(e.held)
}

// Met reports whether the pattern matches.
func (e *Expectation) Met() bool { return e.met }

// Pattern returns the pattern as written.
func (e *Expectation) Pattern() string { return e.pattern.String() }

// Nothing reports whether no byte has come.
func (e *Expectation) Nothing() bool { return e.came == 0 }

// Instead shows the first bytes that came, for a message: text in quotes, or hexadecimal.
func (e *Expectation) Instead() string {
	if e.Nothing() {
		return "nothing"
	}
	return printable.Excerpt(e.first, e.came)
}
