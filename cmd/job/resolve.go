package job

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gnc/resolve"
)

// Resolve is a question to getaddrinfo, as data.
type Resolve struct {
	Host    string
	Service *string // nil: none, which "" is not: getaddrinfo takes it for port 0
	Hints   resolve.Hints
	Order   resolve.Order
	Timeout time.Duration
	Form    Form
}

// Form is what the answer is to look like.
type Form int

const (
	formText Form = iota
	FormJSON
	FormGetent
	FormExplain
)

// protocols are the names of protocols that sockets are made for, as IANA has them. getaddrinfo
// knows the rest by number only.
var protocols = []struct {
	number int
	name   string
}{
	{0, "ip"}, {1, "icmp"}, {resolve.ProtoTCP, "tcp"}, {resolve.ProtoUDP, "udp"}, {resolve.ProtoDCCP, "dccp"},
	{58, "ipv6-icmp"}, {58, "icmpv6"}, {resolve.ProtoSCTP, "sctp"}, {resolve.ProtoUDPLite, "udplite"}, {262, "mptcp"},
}

func ProtocolNumber(word string) (int, bool) {
	for _, p := range protocols {
		if p.name == word {
			return p.number, true
		}
	}
	n, err := strconv.ParseInt(word, 10, 32)
	return int(n), err == nil && n >= 0
}

func protocolName(number int) string {
	for _, p := range protocols {
		if p.number == number {
			return p.name
		}
	}
	return strconv.Itoa(number)
}

// Run looks up and prints. It needs no loop: nothing is connected to, and nobody waits for two
// things at once.
func (j *Resolve) Run(ctx context.Context, env *Env) error {
	if j.Timeout > 0 {
		if err := resolve.CheckPoller(); err != nil {
			newReporter(env, ctx, Words{}).fail(err)
			return err
		}
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, j.Timeout, errLookupTimeout)
		defer stop()
	}
	var steps []resolve.Step
	r := resolve.New()
	r.Order = j.Order
	if j.Form == FormExplain {
		r.Trace = func(s resolve.Step) { steps = append(steps, s) }
	}
	list, err := r.Getaddrinfo(ctx, &j.Host, j.Service, j.Hints)
	printErr := j.print(env, list, steps, err)
	switch {
	case printErr != nil:
		err = printErr
	case err == nil:
		return nil
	default:
		err = j.failed(ctx, err)
	}
	newReporter(env, ctx, Words{Quiet: printErr == nil && j.Form == FormJSON}).fail(err) // which has the failure on stdout
	return err
}

// failed says whose lookup it was that failed, and why: getaddrinfo has one word for a name
// server's silence and for a lookup that was given up.
func (j *Resolve) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = context.Cause(ctx)
	}
	if j.Service != nil && blamesService(err, *j.Service, j.Hints.Flags&resolve.NumericServ != 0) {
		return fmt.Errorf("service %s: %w", *j.Service, err)
	}
	return fmt.Errorf("%s: %w", j.Host, err)
}
