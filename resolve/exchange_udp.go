package resolve

import (
	"context"
	"errors"
	"io"
	"time"
)

// attempt is one try of one server with datagrams.
type attempt struct {
	x        *exchanger
	server   int
	conn     Conn
	qs       []query
	begun    time.Time
	deadline time.Time
	sent     int
	sentAt   [2]time.Time
	received [2]bool // by query
	got      answers
	gotFirst bool // a reply has gone to the first place, of use or not
}

// errGiveUp ends a try: the next server is asked.
var errGiveUp = errors.New("no answer of use")

// errTruncated asks for TCP.
var errTruncated = errors.New("truncated")

func newAttempt(x *exchanger, server int, qs []query) attempt {
	now := time.Now()
	deadline := now.Add(x.conf.tryTimeout(server))
	return attempt{x: x, server: server, qs: qs, begun: now, deadline: deadline}
}

// run sends the questions and receives until they are answered. After nil, a.got is the result.
// After a time-out, a.got holds what came until then.
func (a *attempt) run() error {
	if err := a.open(); err != nil {
		return err
	}
	if err := a.write(0); err != nil {
		return err
	}
	if len(a.qs) == 2 && !a.x.singleRequest {
		if err := a.write(1); err != nil {
			return err
		}
	}
	for {
		m, err := a.read()
		if err != nil {
			return err
		}
		n := a.answered(m)
		if n < 0 {
			continue // not ours: wait on
		}
		done, err := a.take(n, m)
		if done || err != nil {
			return err
		}
	}
}

// open makes the server's socket, unless it is still open.
func (a *attempt) open() error {
	x := a.x
	if x.socks[a.server] == nil {
		conn, err := x.dial("udp", x.conf.servers[a.server])
		if err != nil {
			return err
		}
		x.socks[a.server] = conn
	}
	a.conn = x.socks[a.server]
	return nil
}

func (a *attempt) write(n int) error {
	a.sent = n + 1
	a.sentAt[n] = time.Now()
	_, err := a.conn.Write(a.qs[n].wire)
	return err
}

// read waits for a datagram until the deadline of the try, or of the lookup.
func (a *attempt) read() (message, error) {
	x := a.x
	if x.buf == nil {
		x.buf = make([]byte, maxMessage)
	}
	if err := a.conn.SetReadDeadline(a.deadline); err != nil {
		return message{}, err
	}
	stop := context.AfterFunc(x.ctx, func() { a.conn.SetReadDeadline(longAgo) })
	n, err := a.conn.Read(x.buf)
	stop()
	if err == io.EOF {
		err = nil // an empty datagram, which an os.File takes for an end
	}
	if err != nil {
		return message{}, err
	}
	x.gotReply = true
	m, err := parseMessage(append([]byte(nil), x.buf[:n]...))
	if err != nil {
		return m, err
	}
	if !a.gotFirst {
		x.rcode, x.sawQuestion = m.RCode, m.readableQuestion && m.qtype == typeA
	}
	return m, nil
}

// answered gives the number of the question that a message answers, or -1. The id and the question
// must be ours. Of a server that failed, a bare header is enough.
func (a *attempt) answered(m message) int {
	bare := len(m.raw) == headerLen && m.questions == 0 && m.serverFailed()
	which := -1
	for n := range a.qs {
		if !a.received[n] && m.ID == a.qs[n].id && (bare || m.asks(&a.qs[n])) {
			which = n
		}
	}
	return which
}

// take stores a reply. done means that the try is over.
func (a *attempt) take(n int, m message) (done bool, err error) {
	x := a.x
	other := len(a.qs) == 1 || a.received[1-n]
	r := &reply{message: m, server: x.conf.servers[a.server], took: time.Since(a.sentAt[n])}
	x.traceReply(&a.qs[n], r)
	if m.serverFailed() || m.lame() {
		switch {
		case a.gotFirst:
			// The other reply, if it was of use, is the result. If not the next
			// server is tried, and the sockets stay open for a late answer.
			return true, nil
		case len(a.qs) == 2 && !x.singleRequest:
			a.received[n], a.gotFirst = true, true
			return false, nil
		}
		return true, errGiveUp
	}
	if m.Truncated {
		return true, errTruncated
	}
	a.received[n] = true
	if a.gotFirst {
		a.got.second = r
	} else {
		a.got.first, a.gotFirst = r, true
	}
	if x.early != nil {
		x.early(r)
	}
	if other {
		return true, nil
	}
	if x.singleRequest {
		return false, a.next()
	}
	return false, nil
}

// next sends the second question after the first was answered.
func (a *attempt) next() error {
	if a.x.reopen {
		a.x.close()
		if err := a.open(); err != nil {
			return err
		}
	}
	return a.write(1)
}

// traceFailure reports the questions that were sent and not answered, or every question if none
// could be sent.
func (a *attempt) traceFailure(err error) {
	for n := range a.qs {
		switch {
		case err == errGiveUp || a.received[n]:
		case a.sent == 0:
			a.x.traceFailure(&a.qs[n], a.server, false, a.begun, err)
		case n < a.sent:
			a.x.traceFailure(&a.qs[n], a.server, false, a.sentAt[n], err)
		}
	}
}

// isTimeout reports whether a wait ended without an event.
func isTimeout(err error) bool {
	var wait interface{ Timeout() bool }
	return errors.As(err, &wait) && wait.Timeout()
}
