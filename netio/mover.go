package netio

import "errors"

// mover carries bytes from the source of a Flow to its sink. It pulls from the source what it then holds, and pushes to
// the sink. A direct mover (sendfile, splice without a pipe of its own) holds nothing: its pull only claims that the
// source may have more, and its push moves.
type mover interface {
	// pull takes bytes from src, at most as many as there is room for: how many, or errAgain, io.EOF, or src's failure.
	pull(src *Conn) (int, error)

	// push gives dst at most that many bytes, which is unlimited or less: how many were taken; or errAgain, dst's failure,
	// or, from a direct mover, what pull would have answered. errRefused: the kernel can't, and nothing has been lost.
	push(dst *Conn, most int) (int, error)

	held() int     // bytes pulled and not pushed: they must not be lost
	pending() bool // push can be tried
	room() bool    // pull can be tried
	drop()         // let go of everything, held bytes included
	name() string  // for the summary
}

// unlimited is the bound of a push that has none.
const unlimited = 1 << 30

// errRefused says that the kernel does not do what a mover asks between these two descriptors. The flow goes on with
// the mover's instead.
var errRefused = errors.New("refused by the kernel")

// stubborn is a mover that has another way where the kernel refuses.
type stubborn interface {
	mover
	instead() mover
}

// kind is what stands behind a descriptor, as far as it decides how bytes can be moved.
type kind uint8

const (
	kindOther  kind = iota // a terminal, a device, a shared socket: copy only
	kindSocket             // a stream socket of our own
	kindPipe
	kindNull // the null device, to be written
	kindFile // a regular file or a memory device, at any offset but the end (O_APPEND)
)

// mover chooses what carries bytes from src to dst in a session. Whatever must see the bytes forces copy.
func (s *Session) mover(src, dst *Conn) mover {
	m := copier{pool: &s.loop.buffers}
	source, sink := src.is(), dst.is()
	m.most = sink.most
	if dst.packets {
		m.most = src.datagram(dst)
	}
	switch {
	case s.options.inspects(), s.options.Rate > 0 && sink.turn != nil:
		return s.inspected(m, src, dst)
	case !dst.packets && source.carrier != nil:
		return source.carrier()
	case dst.packets, sink.turn != nil, s.options.CopyOnly:
		return &m
	}
	if direct := zeroCopy(src, dst, &s.loop.buffers); direct != nil {
		return direct
	}
	return &m
}

// inspects says whether something must see the bytes.
func (o *SessionOptions) inspects() bool {
	return len(o.Captures) > 0 || o.Record != nil || o.CRLF || o.Telnet || o.LinePause > 0 || o.RecvLimit > 0 || o.Expect != nil
}

// inspected is the mover of a session that must see the bytes on their way to dst.
func (s *Session) inspected(c copier, src, dst *Conn) mover {
	sends := dst == s.peer
	source := src.is()
	if source.pool != nil {
		c.pool = source.pool
	}
	m := &inspected{copier: c, taps: s.taps, sent: sends, leave: source.leave, answers: s.answers}
	if sends && s.options.CRLF {
		m.edits = append(m.edits, new(crlf))
	}
	if sends && s.options.TelnetData {
		m.edits = append(m.edits, doubled{})
	}
	if !sends && s.options.Telnet {
		m.look = s.telnet()
	}
	if sends {
		s.shown = m
		m.pause, m.noEnd = s.options.LinePause, s.options.NoShutdown
	} else {
		s.seen = m
		m.waits = s.options.Expect
	}
	return m
}
