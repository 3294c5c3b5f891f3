package job

import (
	"errors"
	"net/netip"
	"regexp"
	"time"

	"gnc/mux"
	"gnc/netio"
	"gnc/netio/sock"
	"gnc/resolve"
)

// waited is one target of a wait: a try after another, until one has it ready.
type waited struct {
	*waiting
	target WaitTarget
	tries  int
	ready  bool
	begun  time.Time          // of the first of the tries in a row that found it as it should be; zero: the last one did not
	given  bool               // nothing can be learned of it
	silent int                // tries in a row that nothing came of
	last   string             // why the last try that failed did
	expect *netio.Expectation // what has come in the try that is under way, if it asks
	holds  bool               // the try that is under way is connected, for as long as that must last
	expiry *mux.Timer
	pause  *mux.Timer
	cancel func(error) // ends the try that is under way
}

const (
	tryBound    = 5 * time.Second // on connecting, lookup included, and again on the answer
	packetBound = time.Second     // on the answer to a datagram, which may be lost
	silentTries = 3               // in a row, before silence is taken for "closed"
)

func (t *waited) try() {
	t.tries++
	t.limit(tryBound)
	if t.target.Kind.IsUnix() {
		t.cancel = func(error) {}
		conn, err := t.loop.DialUnix(t.target.Host, netio.DialUnixOptions{})
		t.connected(conn, err)
		return
	}
	if t.target.Kind == Vsock {
		t.cancel = t.loop.DialVsock(vsockOf(t.target.Target, false), tryBound, sock.Options{}, t.connected)
		return
	}
	options := netio.RaceOptions{Packets: t.target.Kind == UDP, Sort: resolve.New().Sort,
		OnAttempt: func(a netip.AddrPort) { t.say(2, "connecting to %s", a) }}
	race, begin := t.newRace(options, func(conn *netio.Conn, _ netip.AddrPort, err error) { t.connected(conn, err) })
	t.cancel = race.Cancel
	begin(query{Target: t.target.Target, network: t.job.Network, numeric: t.job.Numeric, datagram: t.target.Kind == UDP})
}

// limit bounds what is under way.
func (t *waited) limit(d time.Duration) {
	t.expiry.Stop()
	t.expiry = t.loop.After(d, func() { t.cancel(netio.ErrConnectTimeout) })
}

func (t *waited) connected(conn *netio.Conn, err error) {
	switch {
	case err != nil:
		t.tried(err)
	case t.over:
		conn.Close()
	case t.asks():
		t.ask(conn)
	case t.job.Stable > 0 && !t.job.Closed:
		t.hold(conn)
	default:
		conn.Close()
		t.tried(nil)
	}
}

// asks reports whether the target must answer. Where it is to be closed, only UDP is asked: it has
// no other sign of life.
func (t *waited) asks() bool {
	if t.job.Closed {
		return t.target.Kind == UDP
	}
	return t.job.Send != nil || t.job.Expect != nil
}

// ask has a session of what is sent, and what must come of it, which goes nowhere else.
func (t *waited) ask(conn *netio.Conn) {
	text, pattern := "", regexp.MustCompile("") // which any byte matches
	if t.job.Send != nil {
		text = *t.job.Send
	}
	if t.job.Expect != nil {
		pattern = t.job.Expect
	}
	if conn.Packets() {
		t.limit(packetBound)
	} else {
		t.limit(tryBound)
	}
	expect := netio.NewExpectation(pattern)
	t.expect = expect
	t.converse(conn, text, netio.SessionOptions{NoShutdown: true, Until: netio.UntilReceived, Expect: expect},
		func(r netio.Result) {
			err := judge(expect, r)
			if t.job.Expect == nil && Is[*expectError](err) {
				err = errUnanswered
			}
			t.tried(err)
		})
}

// errUnanswered is a peer that was asked, and ended the connection.
var errUnanswered = errors.New("closed without an answer")

// hold keeps the connection for as long as it must last. What comes is dropped.
func (t *waited) hold(conn *netio.Conn) {
	t.expiry.Stop()
	held := errors.New("held")
	begin := t.env.Now()
	t.holds = true
	t.expiry = t.loop.After(t.job.Stable, func() { t.cancel(held) })
	t.converse(conn, "", netio.SessionOptions{RecvOnly: true}, func(r netio.Result) {
		switch {
		case errors.Is(r.Err, held):
			t.tried(nil)
		case r.Err != nil:
			t.tried(r.Err)
		default:
			t.tried(&closedError{t.env.Now().Sub(begin)})
		}
	})
}

// closedError is a peer that accepted, and closed too soon.
type closedError struct{ after time.Duration }

func (e *closedError) Error() string {
	return "closed after " + e.after.Round(time.Millisecond).String()
}

// converse has a session between the connection, a text, and nothing.
func (t *waited) converse(conn *netio.Conn, text string, o netio.SessionOptions, done func(netio.Result)) {
	in, err := t.loop.Text(text)
	var out *netio.Conn
	if err == nil {
		if out, err = t.loop.Text(""); err != nil {
			in.Close()
		}
	}
	if err != nil {
		conn.Close()
		t.tried(err)
		return
	}
	t.cancel = netio.NewSession(t.loop, conn, in, out, o, done).Abort
}

// tried takes note of how a try went. A target is ready after the first one that is as it should
// be, or after as many in a row as fill the time for which it must be so.
func (t *waited) tried(err error) {
	t.expiry.Stop()
	t.expect, t.holds = nil, false
	if t.over {
		return
	}
	if permanent(err) {
		t.waiting.stop(err)
		return
	}
	if t.job.Closed && untellable(err) != "" {
		t.waiting.giveUp(t, &untellableError{t.target.String(), err})
		return
	}
	if t.job.Closed {
		err = t.closedBy(err)
	}
	now := t.env.Now()
	if err != nil {
		t.begun = time.Time{}
		t.failed(t.reason(err))
		t.again(now)
		return
	}
	if t.begun.IsZero() {
		t.begun = now
	}
	if holds := !t.job.Closed && !t.asks(); !holds && now.Sub(t.begun) < t.job.Stable {
		t.again(now)
		return
	}
	t.ready = true
	took := now.Sub(t.waiting.begin)
	t.say(1, "%s is ready after %v", t.target, took.Round(time.Millisecond))
	t.event("ready", "target", t.target.String(), "tries", t.tries, "seconds", took.Seconds())
	t.waiting.ready()
}

// failed reports a failure that differs from the last.
func (t *waited) failed(reason string) {
	if reason == t.last {
		return
	}
	t.last = reason
	t.say(1, "%s: %s", t.target, reason)
	t.event("failed", "target", t.target.String(), "tries", t.tries, "reason", reason)
}

// again sets the next try.
func (t *waited) again(now time.Time) {
	pause := t.job.Interval
	if pause == 0 {
		pause = min(firstPause<<min(t.tries-1, 8), waitPause)
	}
	if !t.begun.IsZero() {
		pause = min(pause, t.begun.Add(t.job.Stable).Sub(now))
	}
	t.pause = t.loop.After(pause, t.try)
}

// stop ends what is under way. The wait is over by then, so nothing is said.
func (t *waited) stop() {
	t.expiry.Stop()
	t.pause.Stop()
	if t.cancel != nil {
		t.cancel(netio.ErrConnectTimeout)
	}
}
