// Package access decides which clients may connect, by lists of addresses, ranges and links.
// cmd/job reads entries with Parse or ParseFile, looks up the names in them, and gives them to a
// List. Its Admits decides for each client. Begin with List.
package access

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// List says which clients may connect. The zero value admits everybody.
type List struct {
	allow, deny prefixes
	restricted  bool // only the allowed ranges may connect
}

// Spec is one entry to allow or deny: a range of addresses, or a name to be looked up.
type Spec struct {
	Prefix netip.Prefix
	Zone   string // name of the interface whose link the range is on; "": any link
	Name   string // "" if Prefix is valid
}

// Address makes the Spec of one address.
func Address(addr netip.Addr) Spec {
	zone := addr.Zone()
	addr = addr.Unmap().WithZone("")
	return Spec{Prefix: netip.PrefixFrom(addr, addr.BitLen()), Zone: zone}
}

// Parse reads an address, ADDRESS/BITS or a name. An IPv4 address may be written as IPv4-mapped
// IPv6. Address bits beyond the range are an error, because they are rarely meant. A link-local
// address or range may have a zone, before the bits (RFC 4007) or after them:
// ADDRESS%INTERFACE/BITS. A zone that is no interface is an error.
func Parse(word string) (Spec, error) {
	text, zone, zoned := cutZone(word)
	spec, err := parseRange(text)
	switch {
	case err != nil:
		return Spec{}, err
	case !spec.Prefix.IsValid() && (zoned || text == "" || strings.ContainsAny(text, " \t:[]") || isNumeric(text)):
		return Spec{}, fmt.Errorf("%q is no address, range (ADDRESS/BITS) or name", word)
	case !spec.Prefix.IsValid():
		return Spec{Name: word}, nil
	case !zoned:
		return spec, nil
	case !spec.Prefix.Addr().Is6() || !spec.Prefix.Addr().IsLinkLocalUnicast() || spec.Prefix.Bits() < linkLocalBits:
		return Spec{}, fmt.Errorf("%s: only link-local addresses, of fe80::/10, belong to an interface", word)
	}
	named, err := sock.NameZone(spec.Prefix.Addr().WithZone(zone))
	if err == unix.ENODEV || zone == "" {
		return Spec{}, fmt.Errorf("%s: there is no interface %q", word, zone)
	}
	spec.Zone = named.Zone()
	return spec, err
}

// linkLocalBits is the length of fe80::/10.
const linkLocalBits = 10

// cutZone removes the zone from an address or range, before or after the bits.
func cutZone(word string) (rest, zone string, zoned bool) {
	before, after, zoned := strings.Cut(word, "%")
	zone, bits, ranged := strings.Cut(after, "/")
	if ranged {
		before += "/" + bits
	}
	return before, zone, zoned
}

// parseRange reads an address or ADDRESS/BITS. For any other word without bits, which may be a
// name, it returns an invalid prefix and no error.
func parseRange(word string) (Spec, error) {
	if !strings.Contains(word, "/") {
		if addr, err := netip.ParseAddr(word); err == nil {
			return Address(addr), nil
		}
		return Spec{}, nil
	}
	p, err := netip.ParsePrefix(word)
	if err != nil {
		return Spec{}, fmt.Errorf("%q is no range of addresses; write ADDRESS/BITS", word)
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	if p != p.Masked() {
		return Spec{}, fmt.Errorf("%s has bits beyond the range; did you mean %s?", word, p.Masked())
	}
	return Spec{Prefix: p}, nil
}

// isNumeric reports whether a word looks like an address: no name ends in a number (RFC 3696).
func isNumeric(word string) bool {
	last := word[strings.LastIndexByte(word, '.')+1:]
	return last == "" || strings.Trim(last, "0123456789") == ""
}

// ParseFile reads specs, one a line. A comment begins with #.
func ParseFile(text string) ([]Spec, error) {
	var specs []Spec
	for n, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		spec, err := Parse(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		specs = append(specs, spec)
	}
	return specs, nil
}

// Restrict admits allowed ranges only, even if there are none.
func (a *List) Restrict() { a.restricted = true }

// Allow admits the range of a spec. It also restricts the list.
func (a *List) Allow(s Spec) {
	a.restricted = true
	a.allow.add(s)
}

// Deny refuses the range of a spec, even where Allow admits it.
func (a *List) Deny(s Spec) { a.deny.add(s) }

// Admits reports whether addr may connect, and if not, the reason.
func (a *List) Admits(addr netip.Addr) (ok bool, reason string) {
	addr = addr.Unmap()
	switch {
	case a.deny.hold(addr):
		return false, "denied"
	case a.restricted && !a.allow.hold(addr):
		return false, "not allowed"
	}
	return true, ""
}

// Empty reports whether the list admits everybody.
func (a *List) Empty() bool { return !a.restricted && len(a.deny) == 0 }

// OneFamily reports whether the list denies one address family as a whole and admits the other. The
// other is not denied as a whole, and the list is not restricted.
func (a *List) OneFamily() (denied, other netip.Prefix, one bool) {
	ip4, ip6 := netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	denied4, denied6 := a.deny.cover(ip4), a.deny.cover(ip6)
	if denied6 {
		ip4, ip6 = ip6, ip4
	}
	return ip4, ip6, denied4 != denied6 && !a.restricted
}

// prefixes are ranges, each on one link or on any. Finding the range of an address costs one or two
// look-ups for each possible length, however many ranges there are.
type prefixes map[Spec]struct{}

func (p *prefixes) add(s Spec) {
	if *p == nil {
		*p = make(prefixes)
	}
	(*p)[Spec{Prefix: s.Prefix.Masked(), Zone: s.Zone}] = struct{}{}
}

func (p prefixes) hold(addr netip.Addr) bool {
	zone := addr.Zone()
	for bits := 0; len(p) > 0 && bits <= addr.BitLen(); bits++ {
		r, err := addr.WithZone("").Prefix(bits)
		if err != nil {
			continue
		}
		if _, found := p[Spec{Prefix: r}]; found {
			return true
		}
		if zone == "" {
			continue
		}
		if _, found := p[Spec{Prefix: r, Zone: zone}]; found {
			return true
		}
	}
	return false
}

// cover reports whether the ranges together hold every address of whole.
func (p prefixes) cover(whole netip.Prefix) bool {
	var parts []netip.Prefix
	for s := range p {
		if s.Zone == "" && s.Prefix.Addr().BitLen() == whole.Addr().BitLen() {
			parts = append(parts, s.Prefix)
		}
	}
	slices.SortFunc(parts, netip.Prefix.Compare)
	next := whole.Addr() // the first address that no part holds
	for _, part := range parts {
		if part.Addr().Compare(next) > 0 {
			return false
		}
		if last := lastOf(part); last.Compare(next) >= 0 {
			if next = last.Next(); !next.IsValid() {
				return true
			}
		}
	}
	return false
}

// lastOf returns the last address of a range.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < 8*len(b); bit++ {
		b[bit/8] |= 1 << (7 - bit%8)
	}
	addr, _ := netip.AddrFromSlice(b)
	return addr
}
