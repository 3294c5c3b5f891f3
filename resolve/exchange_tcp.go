package resolve

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"syscall"
	"time"
)

// tcp asks one server over a connection, both questions at once. Every rcode is final. A connection
// that is reset is made again, once.
func (x *exchanger) tcp(server int, qs []query) (answers, transport) {
	got, err := x.tcpOnce(server, qs)
	if errors.Is(err, syscall.ECONNRESET) {
		got, err = x.tcpOnce(server, qs)
	}
	if err == nil {
		return got, transportOK
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return answers{}, transportRefused
	case isTimeout(err):
		return answers{}, transportTimedOut
	}
	return answers{}, transportBroken
}

// tcpOnce makes a connection for the questions. glibc waits for it and on it without end; here the
// time is bounded by that of all tries with datagrams.
func (x *exchanger) tcpOnce(server int, qs []query) (got answers, err error) {
	if err := CheckPoller(); err != nil {
		return answers{}, err
	}
	limit := x.conf.tryTimeout(server) * time.Duration(max(x.conf.attempts, 1))
	ctx, cancel := context.WithTimeout(x.ctx, limit)
	defer cancel()
	timed := *x
	timed.ctx = ctx
	start := time.Now()
	received := make([]bool, len(qs))
	defer func() {
		for n := range qs {
			if err != nil && !received[n] {
				x.traceFailure(&qs[n], server, true, start, err)
			}
		}
	}()
	conn, err := timed.dial("tcp", x.conf.servers[server])
	if err != nil {
		return answers{}, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(longAgo) })
	defer stop()

	var out []byte
	for _, q := range qs {
		out = binary.BigEndian.AppendUint16(out, uint16(len(q.wire)))
		out = append(out, q.wire...)
	}
	if _, err := conn.Write(out); err != nil {
		return answers{}, err
	}
	return x.tcpReplies(conn, server, qs, received, start)
}

// tcpReplies reads until every question has its reply, and marks in received those that have. A
// message that answers none of them is skipped.
func (x *exchanger) tcpReplies(conn Conn, server int, qs []query, received []bool,
	start time.Time) (answers, error) {
	var got answers
	for count := 0; count < len(qs); {
		m, err := readTCP(conn)
		if err != nil {
			return answers{}, err
		}
		if count == 0 {
			x.rcode = m.RCode
		}
		n := tcpAnswered(m, qs, received)
		if n < 0 {
			continue
		}
		received[n] = true
		r := &reply{message: m, server: x.conf.servers[server], tcp: true, took: time.Since(start)}
		x.traceReply(&qs[n], r)
		if count++; count == 1 {
			got.first = r
		} else {
			got.second = r
		}
		if x.early != nil {
			x.early(r)
		}
	}
	return got, nil
}

// tcpAnswered gives the number of the question that a message answers, or -1. glibc compares the id
// alone, and would take the answer for any other name.
func tcpAnswered(m message, qs []query, received []bool) int {
	for n := range qs {
		if !received[n] && m.ID == qs[n].id && (m.questions == 0 || m.asks(&qs[n])) {
			return n
		}
	}
	return -1
}

// readTCP reads one message and the length before it.
func readTCP(conn Conn) (message, error) {
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return message{}, err
	}
	b := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, b); err != nil {
		return message{}, err
	}
	return parseMessage(b)
}
