package netio

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

// Handshake is a conversation with a proxy, as a state machine over bytes: it knows no socket. It runs on the loop like
// any payload does, rather than in a goroutine: it is a few bytes each way, never blocks, and so needs no door.
type Handshake interface {
	// Begin is what is said first.
	Begin() []byte
	// Step takes what has come and returns how much of it belongs to the conversation, and what is to be said next.
	// Once done, or after an error, it is over: bytes that were not used are the tunnel's.
	Step(in []byte) (used int, say []byte, done bool, err error)
}

// withoutZone is the host that a proxy is asked for. A zone names an interface of this machine, which
// means nothing to the proxy.
func withoutZone(host string) string {
	bare, _, _ := strings.Cut(host, "%")
	if isIPv6(bare) {
		return bare
	}
	return host
}

// ProxyError is a proxy that refused, or does not keep to its protocol.
type ProxyError struct {
	Protocol  string // "SOCKS4", "SOCKS5", "HTTP"; "" where it said nothing
	Reason    string
	Line      string // of HTTP: the status line
	NoMethod  bool   // of SOCKS5: it accepts no way of saying who one is that was offered
	Anonymous bool   // it may have wanted a user and password, and there was none
}

// Error is harmless: the reason may be in the proxy's own words.
func (e *ProxyError) Error() string {
	if e.Protocol == "" {
		return "refused: " + Harmless(e.Reason)
	}
	return fmt.Sprintf("the %s proxy refused: %s", e.Protocol, Harmless(e.Reason))
}

// ErrProxySilent is a proxy that has not answered in time.
var ErrProxySilent = errors.New("timed out: the proxy did not answer")

// negotiation is a handshake under way.
type negotiation struct {
	loop  *Loop
	conn  *Conn
	shake Handshake
	say   []byte // not sent yet
	timer *mux.Timer
	done  func(error)
}

// Negotiate runs a handshake on a connection and tells done how it went: nil, a *ProxyError, ErrProxySilent, or an *OpError
// of the connection. The bound counts from its first byte, so that a proxy that trickles wins no time. What comes after
// the handshake stays in the socket. It returns a function that ends it early.
func (l *Loop) Negotiate(c *Conn, h Handshake, bound time.Duration, done func(error)) (cancel func(error)) {
	n := &negotiation{loop: l, conn: c, shake: h, say: h.Begin(), done: done}
	n.timer = l.After(bound, func() { n.finish(ErrProxySilent) })
	n.watch()
	return n.finish
}

func (n *negotiation) watch() {
	want := mux.Readable
	if len(n.say) > 0 {
		want = mux.Writable
	}
	if err := n.loop.Watch(n.conn.FD(), want, n); err != nil {
		n.finish(err)
	}
}

// Ready is the loop's report that the proxy takes or gives bytes.
func (n *negotiation) Ready(mux.Events) {
	if len(n.say) > 0 {
		sent, err := n.conn.write(n.say)
		if err != nil && err != errAgain {
			n.finish(err)
			return
		}
		n.say = n.say[sent:]
		n.watch()
		return
	}
	var buf [4096]byte
	got, err := rawRecv(n.conn.FD(), buf[:], unix.MSG_PEEK)
	switch {
	case err == unix.EAGAIN, err == unix.EINTR:
		return
	case err != nil:
		n.finish(n.conn.failed("read", err))
		return
	case got == 0:
		n.finish(&ProxyError{Protocol: "", Reason: "it closed the connection"})
		return
	}
	used, say, done, err := n.shake.Step(buf[:got])
	if _, readErr := rawRecv(n.conn.FD(), buf[:used], 0); readErr != nil && used > 0 {
		err = n.conn.failed("read", readErr)
	}
	switch {
	case err != nil:
		n.finish(err)
	case done:
		n.finish(nil)
	default:
		n.say = say
		n.watch()
	}
}

func (n *negotiation) finish(err error) {
	if n.done == nil {
		return
	}
	done := n.done
	n.done = nil
	n.timer.Stop()
	n.loop.Forget(n.conn.FD())
	done(err)
}

// gather collects the parts of a reply that may come in pieces.
type gather struct{ have []byte }

// take adds from in until n bytes are there, and says how many it took and whether they are.
func (g *gather) take(in []byte, n int) (used int, whole bool) {
	used = max(0, min(n-len(g.have), len(in)))
	g.have = append(g.have, in[:used]...)
	return used, len(g.have) >= n
}
