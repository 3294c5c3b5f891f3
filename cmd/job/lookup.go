package job

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/netip"

	"gnc/cmd/startup"
	"gnc/netio"
	"gnc/netio/address"
	"gnc/netio/sock"
	"gnc/resolve"
)

// query is a target to look up: see task.lookup.
type query struct {
	address.Target
	network  string // "ip", "ip4" or "ip6"
	numeric  bool   // no names
	datagram bool
	passive  bool // for a listener: the host "*" is the wildcard
}

// lookup has deliver called on the loop with the addresses of a target as they are found, one
// family's after the other's; last reports that no more will come. It does not block. Cancelling
// ctx ends it; its answers are then of no consequence.
func (t *Task) lookup(ctx context.Context, q query, deliver func(b netio.Batch, last bool)) {
	if b, ok := q.literal(); ok {
		deliver(b, true)
		return
	}
	startup.AllProcessors() // a name server's answer is not to wait for the loop
	go func() {
		for b := range q.batches(ctx) {
			t.loop.Post(func() { deliver(b, false) })
		}
		t.loop.Post(func() { deliver(netio.Batch{}, true) })
	}()
}

// batches are the addresses of a target as they are found. It blocks.
func (q query) batches(ctx context.Context) iter.Seq[netio.Batch] {
	return func(yield func(netio.Batch) bool) {
		for b := range resolve.New().Stream(ctx, &q.Host, &q.Port, q.hints()) {
			batch := netio.Batch{Err: q.failed(ctx, b.Err)}
			for _, a := range b.Addrs {
				addr, _ := sock.NameZone(a.Addr.Addr()) // where there is no such interface the system says so
				batch.Addrs = append(batch.Addrs, netip.AddrPortFrom(addr, a.Addr.Port()))
			}
			if !yield(batch) {
				return
			}
		}
	}
}

// all are the addresses of a target, and the last error that was met. It blocks, unless the query
// is literal.
func (q query) all(ctx context.Context) (addrs []netip.AddrPort, err error) {
	if b, ok := q.literal(); ok {
		return b.Addrs, nil
	}
	for b := range q.batches(ctx) {
		addrs = append(addrs, b.Addrs...)
		if b.Err != nil {
			err = b.Err
		}
	}
	return addrs, err
}

// newRace makes a race for the addresses of a target, which begin looks up. done is called once, as
// by netio.NewRace; a lookup that fails is a *TargetError.
func (t *Task) newRace(o netio.RaceOptions, done func(*netio.Conn, netip.AddrPort, error)) (race *netio.Race, begin func(query)) {
	ctx, stopLookup := context.WithCancel(t.ctx)
	race = netio.NewRace(t.loop, o, func(conn *netio.Conn, addr netip.AddrPort, err error) {
		stopLookup()
		done(conn, addr, err)
	})
	return race, func(q query) {
		t.lookup(ctx, q, func(b netio.Batch, last bool) {
			if b.Err != nil {
				b.Err = &TargetError{Host: q.Host, Port: q.Port, Numeric: q.numeric, Err: b.Err}
			}
			race.Add(b, last)
		})
	}
}

// TargetError is a lookup that failed, with what was asked for.
type TargetError struct {
	Host, Port string
	Numeric    bool // no lookup was allowed
	Err        error
}

func (e *TargetError) Error() string { return e.Err.Error() }
func (e *TargetError) Unwrap() error { return e.Err }

// lookupAll has use called on the loop with all the addresses of a target. It does not block.
func (t *Task) lookupAll(q query, use func([]netip.AddrPort, error)) {
	if b, ok := q.literal(); ok {
		use(b.Addrs, nil)
		return
	}
	await(t, func() ([]netip.AddrPort, error) { return q.all(t.ctx) }, use)
}

// localQuery is a target to listen on: without a host, the wildcard.
func localQuery(target address.Target, network string, numeric bool) query {
	q := query{Target: target, network: network, numeric: numeric, passive: true}
	if q.Host == "" {
		q.Host = map[string]string{"ip": "::", "ip4": "0.0.0.0", "ip6": "::"}[network]
	}
	return q
}

// some are the addresses to listen on. That one family has none is no error if the other has.
func (q query) some(ctx context.Context) ([]netip.AddrPort, error) {
	addrs, err := q.all(ctx)
	if len(addrs) > 0 {
		err = nil
	}
	return addrs, err
}

// literal is the answer to a query that is one address and a number already: by far the most
// frequent in scripts.
func (q query) literal() (netio.Batch, bool) {
	addr, err := netip.ParseAddrPort(q.Target.String())
	ip := addr.Addr()
	switch {
	case err != nil, ip.Is4In6(), ip.Zone() != "", q.network == "ip4" && !ip.Is4(), q.network == "ip6" && ip.Is4():
		return netio.Batch{}, false
	}
	return netio.Batch{Addrs: []netip.AddrPort{addr}}, true
}

func (q query) hints() resolve.Hints {
	h := resolve.Hints{SockType: resolve.SockStream}
	if q.datagram {
		h.SockType = resolve.SockDgram
	}
	switch q.network {
	case "ip4":
		h.Family = resolve.INET
	case "ip6":
		h.Family = resolve.INET6
	}
	if q.passive {
		h.Flags |= resolve.Passive
	}
	if q.numeric {
		h.Flags |= resolve.NumericHost | resolve.NumericServ
	}
	return h
}

// failed adds to a lookup's error what was looked up, and lets the reason for which it was
// cancelled show through.
func (q query) failed(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case blamesService(err, q.Port, q.numeric):
		return fmt.Errorf("port %s: %w", q.Port, err)
	}
	return fmt.Errorf("%s: %w", q.Host, err)
}

// blamesService reports whether a lookup failed because of the service, not the host. getaddrinfo
// has one word for a host that is not numeric and a service that is not.
func blamesService(err error, service string, numeric bool) bool {
	e, is := errors.AsType[*resolve.Error](err)
	if !is {
		return false
	}
	return e.Code == resolve.EAIService || e.Code == resolve.EAINoName && numeric && !IsNumber(service)
}

// reverse is the name of an address: the address itself where it has none. It blocks.
func reverse(ctx context.Context, addr netip.Addr) (string, error) {
	if addr.IsUnspecified() {
		return addr.String(), nil
	}
	name, err := resolve.New().Reverse(ctx, addr)
	e, is := errors.AsType[*resolve.Error](err)
	switch {
	case ctx.Err() != nil:
		return name, context.Cause(ctx)
	case is && e.Code == resolve.EAINoName:
		return addr.String(), nil
	}
	return name, err
}
