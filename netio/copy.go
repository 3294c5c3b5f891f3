package netio

// copier is the mover that serves everything: read into a buffer, write from it. It owns a buffer only while it holds
// bytes that the sink has not taken.
type copier struct {
	pool *pool
	buf  []byte // from the pool; its length is what was read. nil while nothing is held
	done int    // how much of buf the sink has taken
	tap  *Capture
}

func (m *copier) pull(src *Conn) (int, error) {
	buf := m.pool.get()
	n, err := src.read(buf)
	if n == 0 {
		m.pool.put(buf)
		return 0, err
	}
	m.buf, m.done = buf[:n], 0
	if m.tap != nil {
		m.tap.add(m.buf)
	}
	return n, nil
}

func (m *copier) push(dst *Conn) (int, error) {
	n, err := dst.write(m.buf[m.done:])
	m.done += n
	if m.done == len(m.buf) {
		m.drop()
	}
	return n, err
}

func (m *copier) held() int { return len(m.buf) - m.done }

func (m *copier) room() bool { return m.buf == nil && (m.tap == nil || m.tap.room()) }

func (m *copier) drop() {
	if m.buf != nil {
		m.pool.put(m.buf)
		m.buf, m.done = nil, 0
	}
}
