// Package netio makes connections and moves bytes between them, on a loop that waits for readiness.
//
// A Conn is one descriptor on a Loop. Dialers, listeners and the standard streams give Conns. A
// Flow is one direction: its mover pulls bytes from one Conn, the source, and pushes them to
// another Conn, the sink. A Session joins a peer to the standard streams with two flows, and
// decides when the connection is over. A Hub joins many sessions to one pair of streams. A Player
// plays a script on a connection instead.
//
// The path of a byte: the multiplexer reports that the source is readable. Conn.Ready notes that,
// and runs the Conn's owner, for example a session. The session makes its flows step: the mover
// pulls bytes from the source, and pushes them to the sink. Last, each Conn derives its new
// interest from the state of its flows. Begin with flow.go, then read session.go.
//
// Everything here belongs to the goroutine that runs the Loop, unless a comment says otherwise.
// There is no lock. Another goroutine passes a function to the loop with Loop.Post.
package netio

import "gnc/mux"

// Loop is a mux.Loop with what its connections share: the buffers that they read into, and the
// listeners that wait for a free descriptor.
type Loop struct {
	*mux.Loop
	buffers  pool
	overflow []byte // for the part of a message that exceeds a buffer; see writes. nil until used
	starved  []*Listener
}

// NewLoop makes a loop on the multiplexer with the given name, which is "auto" or one of mux.Names.
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

// closed is called after a descriptor was closed. Listeners that had no free descriptor try again.
func (l *Loop) closed() {
	starved := l.starved
	l.starved = nil
	for _, ln := range starved {
		ln.resume()
	}
}

// bufferSize bounds one read of a session. Measured on loopback, the rate grows up to 256 KiB and
// not beyond.
const bufferSize = 256 << 10

// pool keeps buffers between uses. A connection takes a buffer to read into, and gives it back as
// soon as the sink has taken all of its bytes. So one buffer serves all connections of most loops.
type pool struct {
	size int // of each buffer
	free [][]byte
}

// spare bounds how many free buffers the pool keeps. More are in use only while many peers are slow
// at once.
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
