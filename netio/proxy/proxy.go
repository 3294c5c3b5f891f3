// Package proxy asks a proxy for a connection. Each protocol is a Handshake: a state machine over
// bytes that knows no socket. cmd/job makes the Handshake, and netio carries the bytes between it
// and the proxy. Begin with Handshake in proxy.go.
package proxy

import (
	"fmt"
	"strings"

	"gnc/netio/address"
	"gnc/netio/printable"
)

// Handshake is a conversation with a proxy, as a state machine over bytes: it knows no socket. It
// needs no goroutine, because it is a few bytes each way and never blocks. It runs on the loop.
type Handshake interface {
	// Begin returns the first bytes to send.
	Begin() []byte
	// Step takes the bytes that came. It returns how many of them belong to the conversation, and
	// what to send next. The conversation ends when done is true or with an error. The bytes that
	// it did not use belong to the tunnel.
	Step(in []byte) (used int, say []byte, done bool, err error)
}

// withoutZone removes the zone from a host. A zone names an interface of this machine, which means
// nothing to the proxy.
func withoutZone(host string) string {
	bare, _, _ := strings.Cut(host, "%")
	if address.IsIPv6(bare) {
		return bare
	}
	return host
}

// Error is a proxy that refused, or that broke its protocol.
type Error struct {
	Protocol  string // "SOCKS4", "SOCKS5", "HTTP"; "" if the proxy said nothing
	Reason    string
	Line      string // of HTTP: the status line
	NoMethod  bool   // of SOCKS5: it accepts none of the offered methods of authentication
	Anonymous bool   // we sent no user and password, and the proxy may want them
}

// Error escapes control characters, because the reason can be the proxy's own words.
func (e *Error) Error() string {
	if e.Protocol == "" {
		return "refused: " + printable.Harmless(e.Reason)
	}
	return fmt.Sprintf("the %s proxy refused: %s", e.Protocol, printable.Harmless(e.Reason))
}

// gather collects a reply that can come in pieces.
type gather struct{ have []byte }

// take adds bytes of in until there are n. It returns how many it took, and whether there are n.
func (g *gather) take(in []byte, n int) (used int, whole bool) {
	used = max(0, min(n-len(g.have), len(in)))
	g.have = append(g.have, in[:used]...)
	return used, len(g.have) >= n
}
