package resolve

import (
	"context"
	"net/netip"
	"slices"
)

// Getaddrinfo looks a node and a service up as getaddrinfo(3) does; nil is C's NULL, and so is "*".
// The answers come in the order in which they should be tried. Every error is an *Error.
//
// The lookup ends with ctx at the latest, with EAIAgain and the context's error. Without a deadline
// it ends by resolv.conf's timeout and attempts.
func (r *Resolver) Getaddrinfo(ctx context.Context, node, service *string,
	h Hints) ([]AddrInfo, error) {
	list, _, err := r.lookup(ctx, node, service, h, nil)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// request is a lookup whose hints and service have been checked.
type request struct {
	r          *Resolver
	ctx        context.Context
	h          Hints
	sockets    []socket
	unanswered []int // see Batch
}

// earlyAnswer takes the answers of one family while the other is still being looked for, and the
// families that are unanswered so far.
type earlyAnswer func(list []AddrInfo, unanswered []int)

// lookup is Getaddrinfo, and also gives the families that are unanswered. The result contains what
// early, if set, has taken.
func (r *Resolver) lookup(ctx context.Context, node, service *string, h Hints,
	early earlyAnswer) (list []AddrInfo, unanswered []int, err *Error) {
	r = r.within(ctx)
	node, service = unstarred(node), unstarred(service)
	h, code := r.checkedHints(node, service, h)
	if code != 0 {
		return nil, nil, failure(code, nil)
	}
	sockets, code := r.sockets(service, h)
	if code != 0 {
		return nil, nil, failure(code, nil)
	}
	q := request{r: r, ctx: ctx, h: h, sockets: sockets}
	if node == nil {
		return q.sorted(q.expand(hostEntry{tuples: localTuples(h)}, "")), nil, nil
	}
	f, err := q.find(*node, early)
	if err != nil {
		return nil, q.unanswered, err
	}
	list = q.expand(f, q.canonical(f.canon, *node))
	if len(list) == 0 {
		return nil, q.unanswered, failure(EAINoName, nil)
	}
	return q.sorted(list), q.unanswered, nil
}

// unstarred turns "*" into nil.
func unstarred(s *string) *string {
	if s != nil && *s == "*" {
		return nil
	}
	return s
}

// checkedHints refuses hints that make no sense. For AddrConfig it narrows the family to what the
// interfaces have.
func (r *Resolver) checkedHints(node, service *string, h Hints) (Hints, int) {
	switch {
	case node == nil && service == nil:
		return h, EAINoName
	case h.Flags&^knownFlags != 0, h.Flags&CanonName != 0 && node == nil:
		return h, EAIBadFlags
	case h.Family != Unspec && h.Family != INET && h.Family != INET6:
		return h, EAIFamily
	case h.Flags&AddrConfig == 0:
		return h, 0
	}
	seen4, seen6 := r.configured()
	switch {
	case h.Family == Unspec && seen4 && !seen6:
		h.Family = INET
	case h.Family == Unspec && seen6 && !seen4:
		h.Family = INET6
	case h.Family == INET && !seen4, h.Family == INET6 && !seen6:
		return h, EAINoName
	}
	return h, 0
}

// configured reports for each family whether an interface, up or down, has an address of it other
// than 127.0.0.1 or ::1. If the interfaces can't be read, both are true.
func (r *Resolver) configured() (seen4, seen6 bool) {
	addrs, err := r.interfaces().Addresses()
	if err != nil {
		return true, true
	}
	for _, a := range addrs {
		if a.Addr.Is4() {
			seen4 = seen4 || a.Addr != ipv4Loopback()
		} else {
			seen6 = seen6 || a.Addr != netip.IPv6Loopback()
		}
	}
	return seen4, seen6
}

// localTuples are the addresses of a nil node.
func localTuples(h Hints) []tuple {
	v6, v4 := netip.IPv6Loopback(), ipv4Loopback()
	if h.Flags&Passive != 0 {
		v6, v4 = netip.IPv6Unspecified(), netip.IPv4Unspecified()
	}
	origin := &Origin{Source: FromLocal}
	var list []tuple
	if h.Family != INET {
		list = append(list, tuple{family: INET6, addr: v6, origin: origin})
	}
	if h.Family != INET6 {
		list = append(list, tuple{family: INET, addr: v4, origin: origin})
	}
	return list
}

// find gives the addresses of a node: written in digits, or looked up.
func (q *request) find(node string, early earlyAnswer) (hostEntry, *Error) {
	name := node
	if q.h.Flags&IDN != 0 {
		encoded, ok := encodeIDN(node)
		if !ok {
			return hostEntry{}, failure(EAIIDNEncode, nil)
		}
		name = encoded
	}
	n := parseNumeric(name, q.h, q.r.interfaces().Index)
	switch {
	case n.code != 0:
		return hostEntry{}, failure(n.code, nil)
	case n.found:
		return hostEntry{tuples: []tuple{n.tuple}, canon: name}, nil
	case q.h.Flags&NumericHost != 0:
		return hostEntry{}, failure(EAINoName, nil)
	case q.ctx.Err() != nil:
		return hostEntry{}, failure(EAIAgain, q.ctx.Err())
	}
	l := q.r.newLookup(q.ctx, q.h)
	if early != nil {
		l.early = func(res sourceResult) {
			list := q.expand(hostEntry{tuples: res.tuples}, q.canonical(res.canon, node))
			early(q.sorted(list), slices.Clone(l.unanswered))
		}
	}
	f, code := l.addresses(name)
	q.unanswered = l.unanswered
	if code != 0 {
		if err := q.ctx.Err(); err != nil {
			return hostEntry{}, failure(EAIAgain, err)
		}
		return hostEntry{}, failure(code, nil)
	}
	return f, nil
}

// canonical gives the canonical name of the answer, "" if none is asked for.
func (q *request) canonical(canon, node string) string {
	if q.h.Flags&CanonName == 0 {
		return ""
	}
	if canon == "" {
		canon = node
	}
	if q.h.Flags&CanonIDN != 0 {
		return decodeIDN(canon)
	}
	return canon
}

// expand makes an answer of each address with each kind of socket.
func (q *request) expand(f hostEntry, canon string) []AddrInfo {
	var list []AddrInfo
	for _, t := range f.tuples {
		if f.gotIPv6 && t.addr.Is4In6() && q.h.Flags&(V4Mapped|All) == V4Mapped {
			continue // real IPv6 addresses were found as well
		}
		for _, s := range q.sockets {
			list = append(list, AddrInfo{
				Family: t.family, SockType: s.sockType, Protocol: s.protocol,
				Addr:    netip.AddrPortFrom(withScope(t.addr, t.scope), uint16(s.port)),
				ScopeID: t.scope, Canonname: canon, Origin: t.origin,
			})
			canon = ""
		}
	}
	return list
}

// sorted orders answers with more than one address, and gives the first answer the canonical name.
// If the lookup is traced, it also adds the reasons, even for a single address.
func (q *request) sorted(list []AddrInfo) []AddrInfo {
	traced := q.r.Trace != nil
	if len(list) <= len(q.sockets) && !traced {
		return list
	}
	canon := list[0].Canonname
	list[0].Canonname = ""
	addrs := make([]netip.AddrPort, len(list))
	for i, ai := range list {
		addrs[i] = ai.Addr
	}
	result := make([]AddrInfo, len(list))
	if traced {
		for i, p := range q.r.explain(addrs) {
			result[i] = list[p.input]
			result[i].Placement = &p
		}
	} else {
		for i, p := range q.r.positions(addrs) {
			result[i] = list[p.input]
		}
	}
	result[0].Canonname = canon
	return result
}
