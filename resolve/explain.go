package resolve

import "net/netip"

// Placement tells why an address stands where it does.
type Placement struct {
	Addr netip.AddrPort

	// Source is the address that a connection would come from, invalid if the
	// destination can't be reached.
	Source netip.Addr

	// Rule put the address behind the one before it; RuleNone for the first.
	Rule Rule

	input int // its index before sorting
}

// Explain gives addresses in the order in which they should be tried, as Sort
// does, each with its source address and the rule that decided its place.
func (r *Resolver) Explain(addrs []netip.AddrPort) []Placement {
	f := r.facts(addrs)
	list := candidates(addrs, f)
	placements := make([]Placement, len(addrs))
	for i, p := range order(list, r.rules()) {
		placements[i] = Placement{Addr: addrs[p.input], Source: f.sources[p.input], Rule: p.rule, input: p.input}
	}
	return placements
}
