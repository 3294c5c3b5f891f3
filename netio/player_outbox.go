package netio

import (
	"io"

	"gnc/netio/outfile"
	"gnc/netio/script"
)

// outbox holds the bytes that a script sends and the connection has not taken. It stores the steps,
// not copies of their bytes.
type outbox struct {
	steps []*script.Step
	done  int64 // number of bytes of the first step that the connection took
	piece int   // size of a file's piece in a datagram; a text is one datagram; 0: a stream
}

func (o *outbox) add(s *script.Step) { o.steps = append(o.steps, s) }
func (o *outbox) empty() bool        { return len(o.steps) == 0 }

// fill copies the next bytes into buf: several texts together, or bytes of one file. 0 bytes mean
// that the outbox is empty.
func (o *outbox) fill(buf []byte) (n int, err error) {
	for len(o.steps) > 0 && n == 0 && err == nil {
		if o.steps[0].Op == script.OpSendFile {
			n, err = o.fillFile(buf)
		} else {
			n = o.fillTexts(buf)
		}
	}
	return n, err
}

func (o *outbox) fillTexts(buf []byte) (n int) {
	from := int(o.done)
	for _, s := range o.steps {
		if s.Op == script.OpSendFile || n == len(buf) || n > 0 && o.piece > 0 {
			break
		}
		n += copy(buf[n:], s.Data[from:])
		from = 0
	}
	if n == 0 {
		o.next() // an empty text
	}
	return n
}

func (o *outbox) fillFile(buf []byte) (int, error) {
	s := o.steps[0]
	if o.piece > 0 {
		buf = buf[:o.piece]
	}
	n, err := s.File.ReadAt(buf, o.done)
	switch {
	case n > 0:
		return n, nil
	case err == io.EOF:
		o.next()
		return 0, nil
	}
	return 0, outfile.Failed("read", s.Path, err)
}

// taken removes n bytes, which the connection has taken.
func (o *outbox) taken(n int) {
	for o.done += int64(n); len(o.steps) > 0 && o.steps[0].Op != script.OpSendFile; {
		size := int64(len(o.steps[0].Data))
		if o.done < size {
			return
		}
		left := o.done - size
		o.next()
		o.done = left
	}
}

func (o *outbox) next() {
	o.steps[0] = nil
	o.steps, o.done = o.steps[1:], 0
}
