package resolve

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/netip"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// transport is how an exchange ended. The values stand for glibc's errno values, on which the next
// step depends.
type transport int

const (
	transportOK       transport = iota
	transportRefused            // ECONNREFUSED: no server was reached at all
	transportTimedOut           // ETIMEDOUT: none answered, or none of use
	transportBroken             // any other failure
)

// answers are the replies to one or two questions, in the order of their arrival. Either may be
// nil: a useless reply leaves its place empty.
type answers struct {
	first, second *reply
}

func (a answers) none() bool { return a.first == nil && a.second == nil }

// reply is a message and where it came from.
type reply struct {
	message
	server netip.AddrPort
	tcp    bool
	took   time.Duration
}

// Conn is a connection to a name server, or a datagram socket that is connected to one. Every
// net.Conn is a Conn.
type Conn interface {
	io.ReadWriteCloser
	SetDeadline(t time.Time) error
	SetReadDeadline(t time.Time) error
}

// longAgo is a deadline that ends every wait.
var longAgo = time.Unix(1, 0)

// exchanger sends queries to the name servers of one lookup. It owns its sockets: close closes
// them.
type exchanger struct {
	r    *Resolver
	ctx  context.Context
	conf *resolvConf

	// socks has a UDP socket for each server that was asked and not yet given up, so that a late
	// answer to the first try serves the second.
	socks []Conn

	// singleRequest and reopen are glibc's remedies for servers that answer only one of two
	// questions. They are kept for the rest of the lookup.
	singleRequest, reopen bool

	// gotReply is glibc's "got somewhere": a datagram came, or the wait ran out, so the failure is
	// a time-out and not a refusal.
	gotReply bool

	// rcode is that of the last message that took the first place, useful or not: the search goes
	// on after a server failure.
	rcode dnsmessage.RCode

	// sawQuestion reports whether that message had a question for IPv4 addresses.
	sawQuestion bool

	// early, if set, takes a useful reply before the other one has come.
	early func(*reply)

	buf []byte
}

func (r *Resolver) newExchanger(ctx context.Context, conf *resolvConf) *exchanger {
	return &exchanger{
		r: r, ctx: ctx, conf: conf,
		socks:         make([]Conn, len(conf.servers)),
		singleRequest: conf.singleRequest || conf.singleRequestReopen,
		reopen:        conf.singleRequestReopen,
	}
}

func (x *exchanger) close() {
	for i, c := range x.socks {
		if c != nil {
			c.Close()
			x.socks[i] = nil
		}
	}
}

// dial opens a connection to a server.
func (x *exchanger) dial(network string, server netip.AddrPort) (Conn, error) {
	if x.r.Dial != nil {
		return x.r.Dial(x.ctx, network, server)
	}
	return dialServer(x.ctx, network, server)
}

// send puts one or two questions to the servers in turn until one answers. It makes as many rounds
// as resolv.conf allows attempts.
func (x *exchanger) send(qs []query) (answers, transport) {
	defer x.close()
	x.gotReply = false
	offset := 0
	if x.conf.rotate {
		offset = rand.IntN(len(x.conf.servers))
	}
	tcp := x.conf.useTCP
	failure := transportTimedOut
	for range x.conf.attempts {
		for shift := range x.conf.servers {
			server := (shift + offset) % len(x.conf.servers)
			if !tcp {
				a, truncated := x.udp(server, qs)
				if !truncated && !a.none() {
					return a, transportOK
				}
				tcp = truncated
			}
			if tcp {
				var a answers
				if a, failure = x.tcp(server, qs); failure == transportOK {
					return a, transportOK
				}
			}
			if x.ctx.Err() != nil {
				return answers{}, transportTimedOut
			}
		}
		if tcp {
			// Every server gets one connection, no more.
			return answers{}, failure
		}
	}
	if !x.gotReply {
		return answers{}, transportRefused
	}
	return answers{}, transportTimedOut
}

// udp tries one server with datagrams. It sends both questions at once. If only one is answered, it
// sends them again one after the other, then from a socket each, and then takes what there is.
func (x *exchanger) udp(server int, qs []query) (got answers, truncated bool) {
	gotReply := x.gotReply
	var kept answers
	for {
		a := newAttempt(x, server, qs)
		err := a.run()
		switch {
		case err == nil:
			return a.got, false
		case errors.Is(err, errTruncated):
			x.close()
			return answers{}, true
		case !isTimeout(err):
			a.traceFailure(err)
			x.close()
			return answers{}, false
		}
		a.traceFailure(err)
		if a.got.first != nil {
			kept = a.got
		}
		if kept.first == nil || !a.received[0] && !a.received[1] || x.ctx.Err() != nil {
			x.gotReply = true
			return answers{}, false
		}
		switch {
		case !x.singleRequest:
			x.singleRequest = true
		case !x.reopen:
			x.reopen = true
			x.close()
		default:
			return answers{first: kept.first}, false
		}
		x.gotReply = gotReply
	}
}
