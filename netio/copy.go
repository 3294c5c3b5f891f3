package netio

// copier is the mover that serves everything: read into a buffer, write from it. It owns a buffer only while it holds
// bytes that the sink has not taken.
type copier struct {
	pool *pool
	buf  []byte // from the pool; its length is what was read. nil while nothing is held
	done int    // how much of buf the sink has taken
}

func (m *copier) pull(src *Conn) (int, error) {
	buf := m.pool.get()
	n, err := src.read(buf)
	if n == 0 {
		m.pool.put(buf)
		return 0, err
	}
	m.buf, m.done = buf[:n], 0
	return n, nil
}

func (m *copier) push(dst *Conn, most int) (int, error) {
	n, err := dst.write(m.buf[m.done:min(len(m.buf), m.done+most)])
	m.done += n
	if m.done == len(m.buf) {
		m.drop()
	}
	return n, err
}

func (m *copier) held() int     { return len(m.buf) - m.done }
func (m *copier) pending() bool { return m.buf != nil }
func (m *copier) room() bool    { return m.buf == nil }
func (m *copier) name() string  { return "copy" }

func (m *copier) drop() {
	if m.buf != nil {
		m.pool.put(m.buf)
		m.buf, m.done = nil, 0
	}
}

// tapped is a copier that gives a capture a copy of what passes.
type tapped struct {
	copier
	tap *Capture
}

func (m *tapped) pull(src *Conn) (int, error) {
	n, err := m.copier.pull(src)
	if n > 0 {
		m.tap.add(m.buf)
	}
	return n, err
}

func (m *tapped) room() bool { return m.copier.room() && m.tap.room() }
