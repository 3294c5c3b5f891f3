// Package netio makes connections and moves bytes between them, on a loop that waits for readiness.
//
// Everything here belongs to the goroutine that runs the Loop, unless it says otherwise: there is no lock. What a
// goroutine has to say to a loop it says through Loop.Post.
package netio

import "gnc/mux"

// Loop is a mux.Loop with what its connections share: the buffers they read into, and the listeners that wait for a
// descriptor to become free.
type Loop struct {
	*mux.Loop
	buffers  pool
	overflow []byte // what a message is longer than a buffer; see writes. nil until one is read
	starved  []*Listener
}

// NewLoop makes a loop on the multiplexer of that name; see mux.Open.
func NewLoop(multiplexer string) (*Loop, error) {
	p, err := mux.Open(multiplexer)
	if err != nil {
		return nil, err
	}
	l, err := mux.NewLoop(p)
	if err != nil {
		p.Close()
		return nil, err
	}
	return &Loop{Loop: l, buffers: pool{size: bufferSize}}, nil
}

// closed is called when a descriptor has been given back: a listener that had none left tries again.
func (l *Loop) closed() {
	starved := l.starved
	l.starved = nil
	for _, ln := range starved {
		ln.resume()
	}
}

// bufferSize is what one read of a session takes at most. Measured on loopback, rate grows up to 256 KiB and not beyond.
const bufferSize = 256 << 10

// pool keeps buffers between uses. A connection takes one to read into and gives it back as soon as all in it has been
// passed on, so that in most loops a single buffer serves everybody.
type pool struct {
	size int // of each buffer
	free [][]byte
}

// spare bounds what the pool keeps: more were needed only while many peers were slow at once.
const spare = 8

func (p *pool) get() []byte {
	if last := len(p.free) - 1; last >= 0 {
		b := p.free[last]
		p.free[last] = nil
		p.free = p.free[:last]
		return b
	}
	return make([]byte, p.size)
}

func (p *pool) put(b []byte) {
	if len(p.free) < spare {
		p.free = append(p.free, b[:p.size])
	}
}
