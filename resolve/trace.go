package resolve

import (
	"net/netip"
	"time"
)

// Where an address can come from.
const (
	FromLiteral    = "literal"    // it was written in digits
	FromLocal      = "local"      // the node was nil
	FromFiles      = "files"      // /etc/hosts
	FromDNS        = "dns"        // a name server
	FromMyHostname = "myhostname" // the interfaces of this machine
)

// Origin is where an address came from.
type Origin struct {
	Source string // one of the From constants

	// For FromFiles.
	File string
	Line int // from 1

	// For FromDNS: the server, the question, its type ("A" or "AAAA"), and how
	// long the answer took from the question's last sending.
	Server   netip.AddrPort
	TCP      bool
	Question string
	Type     string
	Took     time.Duration
}

// Step is an event of a lookup.
type Step struct {
	Source string // one of the From constants, or a module of nsswitch.conf

	// For a question to a name server.
	Server   netip.AddrPort
	TCP      bool
	Question string
	Type     string
	Took     time.Duration

	// Outcome is the rcode of the answer or the failure, for a question. For a source it is its
	// verdict in nsswitch.conf's words.
	Outcome string
}

// traceReply traces a reply to a question.
func (x *exchanger) traceReply(q *query, r *reply) {
	if x.r.Trace == nil {
		return
	}
	outcome := rcodeText(&r.message)
	x.r.Trace(Step{FromDNS, r.server, r.tcp, q.name.String(), typeName(q.qtype), r.took, outcome})
}

// traceFailure traces a question that was not answered.
func (x *exchanger) traceFailure(q *query, server int, tcp bool, since time.Time, err error) {
	if x.r.Trace == nil {
		return
	}
	outcome := err.Error()
	if isTimeout(err) {
		outcome = "no answer in time"
	}
	x.r.Trace(Step{FromDNS, x.conf.servers[server], tcp, q.name.String(), typeName(q.qtype),
		time.Since(since), outcome})
}
