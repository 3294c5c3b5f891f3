package cmd

import (
	"errors"
	"fmt"
	"time"

	"gnc/cmd/job"
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

	Passive        bool `help:"For HOST *: the addresses to listen on."`
	Canonname      bool `help:"The canonical name as well."`
	NumericHost    bool `help:"HOST is an address; look nothing up."`
	NumericService bool `help:"SERVICE is a number; look nothing up."`
	V4mapped       bool `name:"v4mapped" help:"With -6 and no IPv6 address: IPv4-mapped ones."`
	All            bool `help:"With --v4mapped: both kinds of addresses."`
	Addrconfig     bool `help:"Only families of which this machine has an address."`
	Idn            bool `help:"Encode a HOST that is not ASCII."`
	Canonidn       bool `help:"Decode the canonical name."`

	Order string `enum:",glibc,rfc6724" default:"" placeholder:"RULES" help:"glibc (RFC 3484 and gai.conf) or rfc6724."`

	JSON    bool `name:"json" xor:"form" help:"One JSON object, also for a failure."`
	Getent  bool `xor:"form" help:"What getent ahosts prints (ahostsv4 with -4, ahostsv6 with -6)."`
	Explain bool `xor:"form" help:"Where each answer came from, its source address, and which rule put it in its place."`

	Timeout duration `placeholder:"DUR" help:"Bound on the lookup."`
}

func (f *resolveFlags) job(*job.Env) (job.Job, error) {
	hints, err := f.hints()
	if err != nil {
		return nil, err
	}
	j := &job.Resolve{Host: f.Host, Service: f.Service, Hints: hints, Timeout: time.Duration(f.Timeout)}
	if f.Order == "rfc6724" {
		j.Order = resolve.OrderRFC6724
	}
	switch {
	case f.JSON:
		j.Form = job.FormJSON
	case f.Getent:
		j.Form = job.FormGetent
		j.Hints, err = f.getentHints(hints)
	case f.Explain:
		j.Form = job.FormExplain
	}
	return j, err
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
	number, ok := job.ProtocolNumber(f.Protocol)
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
