package netio

// copier is the mover that serves everything: read into a buffer, write from it. It owns a buffer only while it holds
// bytes that the sink has not taken.
type copier struct {
	pool *pool
	buf  []byte // nil while nothing is held
	data []byte // the part of buf that is held
	tap  *Capture
	most int // bytes that one read takes: what the sink takes as one datagram; 0: the buffer
}

func (m *copier) pull(src *Conn) (int, error) {
	buf := m.pool.get()
	room := buf
	if m.most > 0 {
		room = buf[:m.most]
	}
	n, err := src.read(room)
	if n == 0 {
		m.pool.put(buf)
		return 0, err
	}
	m.buf, m.data = buf, buf[:n]
	if m.tap != nil {
		m.tap.add(m.data)
	}
	return n, nil
}

func (m *copier) push(dst *Conn) (int, error) {
	n, err := dst.write(m.data)
	m.data = m.data[n:]
	if len(m.data) == 0 {
		m.drop()
	}
	return n, err
}

func (m *copier) held() int { return len(m.data) }

func (m *copier) room() bool { return m.buf == nil && (m.tap == nil || m.tap.room()) }

func (m *copier) drop() {
	if m.buf != nil {
		m.pool.put(m.buf)
		m.buf, m.data = nil, nil
	}
}
