package netio

// mover carries bytes from the source of a Flow to its sink. It holds what it has pulled and not yet pushed; a flow
// pulls only while there is room, and pushes only while something is held.
type mover interface {
	// pull takes bytes from src: how many, or errAgain, io.EOF, or src's failure.
	pull(src *Conn) (int, error)
	// push gives at most that many of the held bytes to dst: how many were taken, or errAgain, or dst's failure. A limit
	// that is no limit is unlimited.
	push(dst *Conn, most int) (int, error)
	held() int
	room() bool
	// drop lets go of everything, held bytes included.
	drop()
}

// unlimited is the bound of a push that has none.
const unlimited = 1 << 30

// mover chooses what carries bytes from src to dst in a session.
func (s *Session) mover(src, dst *Conn) mover {
	m := copier{pool: &s.loop.buffers}
	if dst.packets {
		m.most = MaxDatagram
	}
	if s.options.inspects() {
		return s.inspected(m, dst == s.peer)
	}
	return &m
}

// inspects says whether something must see the bytes.
func (o *SessionOptions) inspects() bool {
	return o.Capture != nil || o.CRLF || o.Telnet || o.LinePause > 0
}

// inspected is the mover of a session that must see the bytes; sends says which direction it is for.
func (s *Session) inspected(c copier, sends bool) mover {
	m := &inspected{copier: c, tap: s.options.Capture, sent: sends}
	switch {
	case sends && s.options.CRLF:
		m.crlf = new(crlf)
	case !sends && s.options.Telnet:
		t := newTelnet()
		// Answers go past what the other flow holds. They are a few bytes, which the socket takes; where it is full, the
		// peer that asked reads nothing anyway.
		m.look = func(p []byte) {
			if answer := t.see(p); len(answer) > 0 {
				s.peer.channel.write(s.peer.FD(), answer)
			}
		}
	}
	if sends {
		m.pause = s.options.LinePause
	}
	return m
}
