package netio

// copier is the mover that serves everything: read into a buffer, write from it. It owns a buffer only while it holds
// bytes that the sink has not taken.
type copier struct {
	pool *pool
	buf  []byte // from the pool; its length is what was read. nil while nothing is held
	done int32  // how much of buf the sink has taken
	most int32  // bytes that one read takes: what the sink gets as one datagram; 0: the buffer
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
	m.buf, m.done = buf[:n], 0
	return n, nil
}

func (m *copier) push(dst *Conn, most int) (int, error) {
	n, err := dst.write(m.buf[m.done:min(len(m.buf), int(m.done)+most)])
	m.done += int32(n)
	if m.held() == 0 {
		m.drop()
	}
	return n, err
}

func (m *copier) held() int     { return len(m.buf) - int(m.done) }
func (m *copier) pending() bool { return m.buf != nil }
func (m *copier) room() bool    { return m.buf == nil }
func (m *copier) name() string  { return "copy" }

func (m *copier) drop() {
	if m.buf != nil {
		m.pool.put(m.buf)
		m.buf, m.done = nil, 0
	}
}
