package resolve

import (
	"net/netip"
	"slices"
)

// Rule is a rule of destination address selection, by its number in RFC 3484,
// section 6 (and RFC 6724, which kept the numbers).
type Rule int

// The rules in their order. RuleNone stands for nothing to decide.
const (
	RuleNone Rule = iota
	RuleUnusable
	RuleScope
	RuleDeprecated
	RuleHome
	RuleLabel
	RulePrecedence
	RuleNative
	RuleSmallerScope
	RulePrefix
	RuleUnchanged
)

// String gives the rule's title in the RFC, without the number.
func (n Rule) String() string {
	return [...]string{
		"nothing to decide", "avoid unusable destinations", "prefer matching scope",
		"avoid deprecated addresses", "prefer home addresses", "prefer matching label",
		"prefer higher precedence", "prefer native transport", "prefer smaller scope",
		"use longest matching prefix", "leave the order unchanged",
	}[n]
}

// Placement is why an address stands where it does.
type Placement struct {
	Addr netip.AddrPort

	// Source is the address that a connection would come from. It is invalid if the destination
	// can't be reached.
	Source netip.Addr

	// Rule put the address behind the one before it. It is RuleNone for the first.
	Rule Rule

	input int // its index before sorting
}

// Sort gives the addresses in the order in which they should be tried. Addresses that no rule
// separates keep their order, so batches that came one after the other may be joined and sorted
// again.
func (r *Resolver) Sort(addrs []netip.AddrPort) []netip.AddrPort {
	if len(addrs) < 2 {
		return slices.Clone(addrs)
	}
	sorted := make([]netip.AddrPort, len(addrs))
	for i, p := range r.positions(addrs) {
		sorted[i] = addrs[p.input]
	}
	return sorted
}

// explain gives addresses in the order in which they should be tried, as Sort
// does, each with its source address and the rule that decided its position.
func (r *Resolver) explain(addrs []netip.AddrPort) []Placement {
	f := r.facts(addrs)
	list := candidates(addrs, f)
	placements := make([]Placement, len(addrs))
	for i, p := range order(list, r.rules()) {
		placements[i] = Placement{Addr: addrs[p.input], Source: f.sources[p.input],
			Rule: p.rule, input: p.input}
	}
	return placements
}

// facts collects what the order of addresses depends on.
func (r *Resolver) facts(addrs []netip.AddrPort) facts {
	f := facts{sources: r.prober().Sources(addrs), policy: r.policy()}
	ifaces, err := r.interfaces().Addresses()
	usable := slices.ContainsFunc(ifaces, func(a InterfaceAddr) bool {
		return a.Addr.Is6() && a.Addr != netip.IPv6Loopback()
	})
	// glibc throws what it learned away unless there is an IPv6 address.
	if err == nil && (usable || r.Order != OrderGlibc) {
		slices.SortStableFunc(ifaces, byAddress)
		f.ifaces = ifaces
	}
	var native map[uint32]bool
	f.native = func() map[uint32]bool {
		if native == nil {
			native, _ = r.interfaces().Native()
		}
		return native
	}
	return f
}

// positions finds the order of addresses.
func (r *Resolver) positions(addrs []netip.AddrPort) []position {
	return order(candidates(addrs, r.facts(addrs)), r.rules())
}

func (r *Resolver) rules() func(x, y *candidate) (int, Rule) {
	if r.Order == OrderRFC6724 {
		return rfc6724Rules
	}
	return glibcRules
}

// candidate is a destination and everything that the rules compare.
type candidate struct {
	dst    netip.AddrPort
	source netip.Addr // invalid: unreachable

	iface     ifaceData
	dstScope  int
	srcScope  int
	dstLabel  int
	srcLabel  int
	preceding int // the destination's precedence
}

// ifaceData is what a source address's interface adds.
type ifaceData struct {
	deprecated bool
	home       bool
	bits       int    // length of the prefix, 0 if not known
	index      uint32 // unknownIndex if not known
	native     bool   // false if not known
}

// unknownIndex stands for an interface that was not found.
const unknownIndex = 0xffffffff

// facts are all that the order of addresses depends on, besides the addresses.
type facts struct {
	sources []netip.Addr    // one for each destination
	ifaces  []InterfaceAddr // sorted by byAddress; nil: not to be used
	native  func() map[uint32]bool
	policy  policy
}

// byAddress is the order in which facts has the interfaces' addresses.
func byAddress(x, y InterfaceAddr) int {
	return compareBytes(x.Addr.As16(), y.Addr.As16())
}

func compareBytes(x, y [16]byte) int {
	return slices.Compare(x[:], y[:])
}

// candidates joins the destinations and the facts.
func candidates(dst []netip.AddrPort, f facts) []candidate {
	list := make([]candidate, len(dst))
	v6first := false
	for i, d := range dst {
		v6first = v6first || d.Addr().Is6()
		c := candidate{dst: d, source: f.sources[i], iface: ifaceData{index: unknownIndex}}
		c.dstScope = f.policy.scope(d.Addr())
		c.dstLabel = valueOf(f.policy.labels, d.Addr())
		c.preceding = valueOf(f.policy.precedence, d.Addr())
		if c.source.IsValid() {
			c.srcScope = f.policy.scope(c.source)
			c.srcLabel = valueOf(f.policy.labels, c.source)
			c.iface = f.iface(c.source, v6first)
		}
		list[i] = c
	}
	return list
}

// scope gives the scope of an address, RFC 3484 section 3.1.
func (p policy) scope(a netip.Addr) int {
	if a.Is4() {
		n := ipv4Number(a)
		for _, r := range p.scopes {
			if n&r.mask == r.addr {
				return r.scope
			}
		}
		panic("resolve: a scope table without 0/0")
	}
	b := a.As16()
	switch {
	case b[0] == 0xff:
		return int(b[1] & 0xf)
	case b[0] == 0xfe && b[1]&0xc0 == 0x80, a.WithZone("") == netip.IPv6Loopback():
		return 2
	case b[0] == 0xfe && b[1]&0xc0 == 0xc0:
		return 5
	}
	return 14
}

// iface finds the interface of a source address as glibc does: by the address that the kernel calls
// IFA_ADDRESS, and by a binary search, which may find any of several equal entries. On an AF_INET
// socket all of 127/8 belongs to 127.0.0.1. Once an IPv6 address has come, IPv4 sources are found
// through an AF_INET6 socket (viaIPv6) and are looked up as they are.
func (f facts) iface(source netip.Addr, viaIPv6 bool) ifaceData {
	key := source.As16()
	if source.Is4() && !viaIPv6 && key[12] == 127 {
		key = mapped(ipv4Loopback()).As16()
	}
	low, high := 0, len(f.ifaces)
	for low < high {
		mid := (low + high) / 2
		e := f.ifaces[mid]
		switch c := compareBytes(key, e.Addr.As16()); {
		case c < 0:
			high = mid
		case c > 0:
			low = mid + 1
		default:
			return ifaceData{e.Deprecated, e.Home, e.Bits, e.Index, f.native()[e.Index]}
		}
	}
	return ifaceData{index: unknownIndex}
}

// position is where a destination came to stand.
type position struct {
	input int  // its index before sorting
	rule  Rule // that put it behind the one before it
}

// order sorts candidates. It merges from the top down: the rules are not transitive in every case,
// and then only the same comparisons give glibc's result.
func order(list []candidate, rules func(x, y *candidate) (int, Rule)) []position {
	decide := func(x, y int) (int, Rule) {
		c, rule := rules(&list[x], &list[y])
		if c == 0 {
			return x - y, RuleUnchanged
		}
		return c, rule
	}
	index := make([]int, len(list))
	for i := range index {
		index[i] = i
	}
	mergeSort(index, make([]int, len(list)), func(x, y int) bool {
		c, _ := decide(x, y)
		return c <= 0
	})
	positions := make([]position, len(index))
	for i, n := range index {
		positions[i].input = n
		if i > 0 {
			_, positions[i].rule = decide(index[i-1], n)
		}
	}
	return positions
}

// mergeSort sorts list with the help of space, which has the same length. before reports whether an
// element of the left half stays ahead of one of the right half.
func mergeSort(list, space []int, before func(x, y int) bool) {
	if len(list) < 2 {
		return
	}
	half := len(list) / 2
	left, right := list[:half], list[half:]
	mergeSort(left, space, before)
	mergeSort(right, space, before)
	merged := space[:0]
	for len(left) > 0 && len(right) > 0 {
		if before(left[0], right[0]) {
			merged, left = append(merged, left[0]), left[1:]
		} else {
			merged, right = append(merged, right[0]), right[1:]
		}
	}
	merged = append(merged, left...)
	// What is left of the right half is in its place.
	copy(list, merged)
}
