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
	if s.options.Capture != nil {
		return &tapped{m, s.options.Capture}
	}
	return &m
}
