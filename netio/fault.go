package netio

import "time"

// Faults are what an echo server does wrong on purpose, on each connection separately. Byte counts
// are of bytes sent back on that connection. 0 means never.
type Faults struct {
	Delay        time.Duration // between the arrival of a piece and its return
	Chunk        int           // most bytes sent back in one piece
	StallAfter   int64         // bytes after which nothing more is read or sent back
	ResetAfter   int64         // bytes after which the connection is reset
	CloseAfter   int64         // bytes after which it is closed in order; later arrivals are discarded
	CorruptEvery int64         // each byte at a multiple of this comes back inverted
}

func (f *Faults) any() bool { return *f != Faults{} }

// faultState is how far one connection has come with its faults.
type faultState struct {
	*Faults
	sent int64 // bytes sent back
}

// most returns how many bytes may be sent before the next fault is due.
func (f *faultState) most() int {
	most := int64(unlimited)
	if f.Chunk > 0 {
		most = int64(f.Chunk)
	}
	for _, due := range []int64{f.StallAfter, f.ResetAfter, f.CloseAfter} {
		if due > f.sent {
			most = min(most, due-f.sent)
		}
	}
	return int(most)
}

// pushed counts n bytes, and causes the fault that is due.
func (f *faultState) pushed(l *limiter, n int) {
	f.sent += int64(n)
	switch f.sent {
	case f.ResetAfter:
		l.flow.fail(resetNow(l.flow.src))
	case f.CloseAfter:
		if err := l.flow.dst.closeWrite(); err != nil {
			l.flow.fail(err)
		} else if c, ok := l.flow.mover.(*corrupter); ok {
			c.discard()
		}
	case f.StallAfter:
		l.stalled = true
	}
}

// corrupter is the mover of a connection with faults: a copier that can corrupt and drop bytes.
type corrupter struct {
	copier
	every  int64 // 0: never
	passed int64
	lossy  bool // drop everything
}

func (m *corrupter) pull(src *Conn) (int, error) {
	n, err := m.copier.pull(src)
	if m.every > 0 {
		for i := m.every - 1 - m.passed%m.every; i < int64(n); i += m.every {
			m.buf[i] = ^m.buf[i]
		}
	}
	m.passed += int64(n)
	if m.lossy {
		m.drop()
	}
	return n, err
}

func (m *corrupter) discard() {
	m.lossy = true
	m.drop()
}
