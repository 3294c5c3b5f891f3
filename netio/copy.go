package netio

// copier is the mover that works for every pair of Conns. It reads into a buffer and writes from
// it. It owns a buffer only while it holds bytes that the sink has not taken.
type copier struct {
	pool *pool
	buf  []byte // the bytes that were read, in a buffer of the pool; nil while none are held
	done int32  // number of bytes of buf that the sink has taken
	most int32  // bound of one read, whose bytes become one datagram; 0: the buffer's size
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
