package netio

import "errors"

// mover carries bytes from the source of a Flow to its sink. It pulls bytes from the source, holds
// them, and pushes them to the sink. A direct mover (sendfile, splice without a pipe of its own)
// holds no bytes. Its pull only claims that the source may have more, and its push moves the bytes.
type mover interface {
	// pull takes bytes from src, as many as there is room for. It returns their number, or
	// errAgain, io.EOF, or src's failure.
	pull(src *Conn) (int, error)

	// push gives dst at most most bytes. It returns how many dst took, or errAgain, or dst's
	// failure. A direct mover also returns the answers of pull. errRefused means that the kernel
	// does not support the operation. No byte is lost then.
	push(dst *Conn, most int) (int, error)

	held() int     // returns the number of bytes pulled and not pushed, which must not be lost
	pending() bool // reports whether push can be tried
	room() bool    // reports whether pull can be tried
	drop()         // releases everything, held bytes included
	name() string  // returns the name for the summary
}

// unlimited is the bound of a push without a limit.
const unlimited = 1 << 30

// errRefused means that the kernel does not support a mover's operation between these two
// descriptors. The flow goes on with the mover that instead returns.
var errRefused = errors.New("refused by the kernel")

// stubborn is a mover that has another way if the kernel refuses the first one.
type stubborn interface {
	mover
	instead() mover
}

// kind is the kind of a descriptor, as far as it decides which mover can be used.
type kind uint8

const (
	kindOther  kind = iota // a terminal, a device, a shared socket: copy only
	kindSocket             // a stream socket of our own
	kindPipe
	kindNull // the null device, to be written
	kindFile // a regular file without O_APPEND, or a memory device
)

// mover chooses the mover from src to dst in a session. An option that inspects the bytes forces a
// copy.
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

// inspects reports whether an option must see the bytes.
func (o *SessionOptions) inspects() bool {
	return len(o.Captures) > 0 || o.Record != nil || o.CRLF || o.Telnet || o.LinePause > 0 || o.RecvLimit > 0 || o.Expect != nil
}

// inspected returns the mover of a session that must see the bytes on their way to dst.
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
