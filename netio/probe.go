package netio

import (
	"time"

	"gnc/mux"
	"gnc/netio/sock"
)

// probe asks a datagram peer for an answer.
type probe struct {
	loop  *Loop
	conn  *Conn
	text  []byte
	end   time.Time
	timer *mux.Timer
	done  func(answered bool, err error)
}

// Probe sends text twice at once, and then once a second until wait is over. It calls done once.
// answered means that a datagram came back, which stays in the socket. err may be a *RefusedError,
// because nobody receives there. cancel ends the probe early with an error.
func (l *Loop) Probe(c *Conn, text string, wait time.Duration, done func(answered bool, err error)) (cancel func(error)) {
	p := &probe{loop: l, conn: c, text: []byte(text), end: time.Now().Add(wait), done: done}
	p.timer = l.After(0, func() { p.send(); p.again() }) // once Probe has returned
	if err := l.Watch(c.FD(), mux.Readable, p); err != nil {
		p.timer.Stop()
		p.timer = l.After(0, func() { p.finish(false, err) })
	}
	return func(err error) { p.finish(false, err) }
}

// Ready is the loop's report that an answer or a refusal has come.
func (p *probe) Ready(mux.Events) {
	if err := sock.Error(p.conn.FD()); err != nil {
		p.finish(false, p.conn.failed("probe", err))
		return
	}
	p.finish(true, nil)
}

func (p *probe) again() {
	left := time.Until(p.end)
	switch {
	case p.done == nil:
	case left <= 0:
		p.finish(false, nil)
	default:
		p.send()
		p.timer = p.loop.After(min(left, time.Second), p.again)
	}
}

// send sends one datagram. An error that it gets belongs to an earlier datagram.
func (p *probe) send() {
	if p.done == nil {
		return
	}
	if _, err := p.conn.write(p.text); err != nil && err != errAgain {
		p.finish(false, err)
	}
}

func (p *probe) finish(answered bool, err error) {
	if p.done == nil {
		return
	}
	done := p.done
	p.done = nil
	p.timer.Stop()
	p.loop.Forget(p.conn.FD())
	done(answered, err)
}
