package resolve

import (
	"cmp"
	"math/bits"
)

// preferFact compares so that the one with the fact comes first.
func preferFact(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return -1
	}
	return 1
}

// firstSixRules are the rules that RFC 3484 and RFC 6724 have in common. Rules 2 to 5 need the
// sources; if rule 1 decides nothing, either both destinations have one or neither has.
func firstSixRules(x, y *candidate) (int, Rule) {
	sourced := x.source.IsValid()
	if c := preferFact(sourced, y.source.IsValid()); c != 0 {
		return c, RuleUnusable
	}
	if sourced {
		if c := preferFact(x.dstScope == x.srcScope, y.dstScope == y.srcScope); c != 0 {
			return c, RuleScope
		}
		if c := preferFact(!x.iface.deprecated, !y.iface.deprecated); c != 0 {
			return c, RuleDeprecated
		}
		if c := preferFact(x.iface.home, y.iface.home); c != 0 {
			return c, RuleHome
		}
		if c := preferFact(x.dstLabel == x.srcLabel, y.dstLabel == y.srcLabel); c != 0 {
			return c, RuleLabel
		}
	}
	if c := cmp.Compare(y.preceding, x.preceding); c != 0 {
		return c, RulePrecedence
	}
	return 0, RuleUnchanged
}

// glibcRules compares two destinations by RFC 3484 as glibc reads it: the rules hold across
// families, and rules 3, 4, 5, 7 and 9 need a source.
func glibcRules(x, y *candidate) (int, Rule) {
	if c, rule := firstSixRules(x, y); c != 0 {
		return c, rule
	}
	sourced := x.source.IsValid()
	if sourced && x.iface.index != y.iface.index {
		if c := preferFact(x.iface.native, y.iface.native); c != 0 {
			return c, RuleNative
		}
	}
	if c := cmp.Compare(x.dstScope, y.dstScope); c != 0 {
		return c, RuleSmallerScope
	}
	if sourced && x.dst.Addr().Is4() == y.dst.Addr().Is4() {
		if c := cmp.Compare(y.matching(), x.matching()); c != 0 {
			return c, RulePrefix
		}
	}
	return 0, RuleUnchanged
}

// matching is the number of leading bits that destination and source share. For IPv4 it counts only
// inside the source's subnet. An unknown subnet has a mask of ones: the shift by 32 that glibc
// writes leaves it whole.
func (c *candidate) matching() int {
	if !c.dst.Addr().Is4() {
		return commonPrefix(c.dst.Addr().As16(), c.source.As16())
	}
	mask := uint32(0xffffffff)
	if c.iface.bits > 0 {
		mask <<= 32 - c.iface.bits
	}
	differing := ipv4Number(c.dst.Addr()) ^ ipv4Number(c.source)
	if differing&mask != 0 {
		return 0
	}
	return bits.LeadingZeros32(differing)
}

// rfc6724Rules compares two destinations by RFC 6724, section 6. A source on an unknown interface
// counts as native. Rule 9 ends at the source's prefix, where that is known, and is for IPv6 only,
// as in other programs: IPv4 prefixes do not measure distance.
func rfc6724Rules(x, y *candidate) (int, Rule) {
	if c, rule := firstSixRules(x, y); c != 0 {
		return c, rule
	}
	sourced := x.source.IsValid()
	if sourced {
		if c := preferFact(x.native(), y.native()); c != 0 {
			return c, RuleNative
		}
	}
	if c := cmp.Compare(x.dstScope, y.dstScope); c != 0 {
		return c, RuleSmallerScope
	}
	if sourced && x.dst.Addr().Is6() && y.dst.Addr().Is6() {
		if c := cmp.Compare(y.withinPrefix(), x.withinPrefix()); c != 0 {
			return c, RulePrefix
		}
	}
	return 0, RuleUnchanged
}

func (c *candidate) native() bool {
	return c.iface.index == unknownIndex || c.iface.native
}

// withinPrefix is RFC 6724's CommonPrefixLen (section 2.2): the common bits, at most the length of
// the source's prefix.
func (c *candidate) withinPrefix() int {
	n := commonPrefix(c.dst.Addr().As16(), c.source.As16())
	if c.iface.bits > 0 {
		return min(n, c.iface.bits)
	}
	return n
}
