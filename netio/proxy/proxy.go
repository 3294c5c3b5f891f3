// Package proxy asks a proxy for a connection. Each protocol is a Handshake: a state machine over bytes that knows no socket.
// netio carries the bytes. Begin with Handshake in proxy.go.
package proxy

import (
	"fmt"
	"strings"

	"gnc/netio/address"
	"gnc/netio/printable"
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
	if address.IsIPv6(bare) {
		return bare
	}
	return host
}

// ProxyError is a proxy that refused, or does not keep to its protocol.
type Error struct {
	Protocol  string // "SOCKS4", "SOCKS5", "HTTP"; "" where it said nothing
	Reason    string
	Line      string // of HTTP: the status line
	NoMethod  bool   // of SOCKS5: it accepts no way of saying who one is that was offered
	Anonymous bool   // it may have wanted a user and password, and there was none
}

// Error is harmless: the reason may be in the proxy's own words.
func (e *Error) Error() string {
	if e.Protocol == "" {
		return "refused: " + printable.Harmless(e.Reason)
	}
	return fmt.Sprintf("the %s proxy refused: %s", e.Protocol, printable.Harmless(e.Reason))
}

// gather collects the parts of a reply that may come in pieces.
type gather struct{ have []byte }

// take adds from in until n bytes are there, and says how many it took and whether they are.
func (g *gather) take(in []byte, n int) (used int, whole bool) {
	used = max(0, min(n-len(g.have), len(in)))
	g.have = append(g.have, in[:used]...)
	return used, len(g.have) >= n
}
