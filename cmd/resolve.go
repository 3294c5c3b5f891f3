package cmd

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gnc/resolve"
)

// resolveFlags is the grammar of gnc resolve.
type resolveFlags struct {
	Host    string  `arg:"" help:"A name or an address; * is getaddrinfo's NULL, this machine."`
	Service *string `arg:"" optional:"" help:"A port or the name of a service."`

	Family string `enum:",any,ip4,ip6" default:"" placeholder:"FAMILY" help:"any, ip4 or ip6."`
	IPv4   bool   `name:"ipv4" short:"4" xor:"family" help:"IPv4 only."`
	IPv6   bool   `name:"ipv6" short:"6" xor:"family" help:"IPv6 only."`

	Type     string `enum:",any,stream,dgram,raw,seqpacket" default:"" placeholder:"TYPE" help:"any, stream (the default), dgram, raw or seqpacket."`
	Protocol string `placeholder:"NAME" help:"A protocol's name or number."`

	Passive        bool `help:"Of HOST *: the addresses to listen on."`
	Canonname      bool `help:"The canonical name as well."`
	NumericHost    bool `help:"HOST is an address; look nothing up."`
	NumericService bool `help:"SERVICE is a number; look nothing up."`
	V4mapped       bool `name:"v4mapped" help:"With -6 and no IPv6 address: IPv4-mapped ones."`
	All            bool `help:"With --v4mapped: both."`
	Addrconfig     bool `help:"Only families that this machine has an address of."`
	Idn            bool `help:"Encode a HOST that is not ASCII."`
	Canonidn       bool `help:"Decode the canonical name."`

	Order string `enum:",glibc,rfc6724" default:"" placeholder:"RULES" help:"glibc (RFC 3484 and gai.conf) or rfc6724."`

	JSON    bool `name:"json" xor:"form" help:"One JSON object; of a failure too."`
	Getent  bool `xor:"form" help:"What getent ahosts prints (ahostsv4 with -4, ahostsv6 with -6)."`
	Explain bool `xor:"form" help:"Where each answer came from, its source address, and which rule put it in its place."`

	Timeout duration `placeholder:"DUR" help:"Bound on the lookup."`
}

// resolveJob is a question to getaddrinfo, as data.
type resolveJob struct {
	Host    string
	Service *string // nil: none, which "" is not: getaddrinfo takes it for port 0
	Hints   resolve.Hints
	Order   resolve.Order
	Timeout time.Duration
	Form    form
}

// form is what the answer is to look like.
type form int

const (
	formText form = iota
	formJSON
	formGetent
	formExplain
)

func (f *resolveFlags) job(*Env) (Job, error) {
	hints, err := f.hints()
	if err != nil {
		return nil, err
	}
	job := &resolveJob{Host: f.Host, Service: f.Service, Hints: hints, Timeout: time.Duration(f.Timeout)}
	if f.Order == "rfc6724" {
		job.Order = resolve.OrderRFC6724
	}
	switch {
	case f.JSON:
		job.Form = formJSON
	case f.Getent:
		job.Form = formGetent
		job.Hints, err = f.getentHints(hints)
	case f.Explain:
		job.Form = formExplain
	}
	return job, err
}

// socketTypes are the values of --type.
var socketTypes = map[string]int{"": resolve.SockStream, "any": 0, "stream": resolve.SockStream, "dgram": resolve.SockDgram,
	"raw": resolve.SockRaw, "seqpacket": resolve.SockSeqpacket}

func (f *resolveFlags) hints() (resolve.Hints, error) {
	h := resolve.Hints{SockType: socketTypes[f.Type]}
	switch {
	case f.Family != "" && (f.IPv4 || f.IPv6):
		return h, errors.New("--family and -4 or -6 can't be used together")
	case f.IPv4, f.Family == "ip4":
		h.Family = resolve.INET
	case f.IPv6, f.Family == "ip6":
		h.Family = resolve.INET6
	}
	for _, row := range []struct {
		set  bool
		flag resolve.Flags
	}{
		{f.Passive, resolve.Passive}, {f.Canonname, resolve.CanonName}, {f.NumericHost, resolve.NumericHost},
		{f.NumericService, resolve.NumericServ}, {f.V4mapped, resolve.V4Mapped}, {f.All, resolve.All},
		{f.Addrconfig, resolve.AddrConfig}, {f.Idn, resolve.IDN}, {f.Canonidn, resolve.CanonIDN},
	} {
		if row.set {
			h.Flags |= row.flag
		}
	}
	if f.Protocol == "" {
		return h, nil
	}
	number, ok := protocolNumber(f.Protocol)
	if !ok {
		return h, fmt.Errorf("--protocol %s is neither a number nor a protocol known here", f.Protocol)
	}
	h.Protocol = number
	return h, nil
}

// getentHints are the hints of getent, which leave nothing to choose but the family.
func (f *resolveFlags) getentHints(asked resolve.Hints) (resolve.Hints, error) {
	database := map[int]string{resolve.Unspec: "ahosts", resolve.INET: "ahostsv4", resolve.INET6: "ahostsv6"}[asked.Family]
	h, _ := resolve.GetentHints(database)
	switch {
	case f.Service != nil:
		return h, errors.New("--getent takes no SERVICE")
	case asked.Flags&^h.Flags != 0, f.Type != "" && f.Type != "any", f.Protocol != "":
		return h, errors.New("--getent asks what getent asks; only the family is to choose")
	}
	return h, nil
}

// protocols are the names of protocols that sockets are made for, as IANA has them. getaddrinfo knows the rest by
// number only.
var protocols = []struct {
	number int
	name   string
}{
	{0, "ip"}, {1, "icmp"}, {resolve.ProtoTCP, "tcp"}, {resolve.ProtoUDP, "udp"}, {resolve.ProtoDCCP, "dccp"},
	{58, "ipv6-icmp"}, {58, "icmpv6"}, {resolve.ProtoSCTP, "sctp"}, {resolve.ProtoUDPLite, "udplite"}, {262, "mptcp"},
}

func protocolNumber(word string) (int, bool) {
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

// Run looks up and prints. It needs no loop: nothing is connected to, and nobody waits for two things at once.
func (j *resolveJob) Run(ctx context.Context, env *Env) error {
	if j.Timeout > 0 {
		if err := resolve.CheckPoller(); err != nil {
			env.reporter(ctx, words{}).fail(err)
			return err
		}
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, j.Timeout, errLookupTimeout)
		defer stop()
	}
	var steps []resolve.Step
	r := resolve.New()
	r.Order = j.Order
	if j.Form == formExplain {
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
	env.reporter(ctx, words{quiet: printErr == nil && j.Form == formJSON}).fail(err) // which has the failure on stdout
	return err
}

// failed says whose lookup it was that failed, and why: getaddrinfo has one word for a name server's silence and for a
// lookup that was given up.
func (j *resolveJob) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = context.Cause(ctx)
	}
	if j.Service != nil && blamesService(err, *j.Service, j.Hints.Flags&resolve.NumericServ != 0) {
		return fmt.Errorf("service %s: %w", *j.Service, err)
	}
	return fmt.Errorf("%s: %w", j.Host, err)
}
