package netio

import (
	"fmt"
	"net/netip"
	"strings"
)

// Access says who may connect. Its zero value lets everybody in.
type Access struct {
	allow, deny prefixes
	restricted  bool // somebody is allowed by name, so nobody else is
}

// AccessSpec is one of those who are allowed or denied: a range of addresses, or a name that is to be looked up.
type AccessSpec struct {
	Prefix netip.Prefix
	Name   string // "" if Prefix says it
}

// ParseAccessSpec reads an address, ADDRESS/BITS, or a name. An IPv4 address may be written as IPv6 maps it. Bits of
// the address beyond the range are an error: it is rarely what was meant.
func ParseAccessSpec(word string) (AccessSpec, error) {
	if !strings.Contains(word, "/") {
		if addr, err := netip.ParseAddr(word); err == nil {
			addr = plain(addr)
			return AccessSpec{Prefix: netip.PrefixFrom(addr, addr.BitLen())}, nil
		}
		if word == "" || strings.ContainsAny(word, " \t:[]") || isNumeric(word) {
			return AccessSpec{}, fmt.Errorf("%q is no address, range (ADDRESS/BITS) or name", word)
		}
		return AccessSpec{Name: word}, nil
	}
	p, err := netip.ParsePrefix(word)
	if err != nil {
		return AccessSpec{}, fmt.Errorf("%q is no range of addresses; write ADDRESS/BITS", word)
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	if p != p.Masked() {
		return AccessSpec{}, fmt.Errorf("%s has bits beyond the range; did you mean %s?", word, p.Masked())
	}
	return AccessSpec{Prefix: p}, nil
}

// isNumeric says whether a word looks like an address: no name ends in a number (RFC 3696).
func isNumeric(word string) bool {
	last := word[strings.LastIndexByte(word, '.')+1:]
	return last == "" || strings.Trim(last, "0123456789") == ""
}

// ParseAccessFile reads specs, one a line; what follows a # is a comment.
func ParseAccessFile(text string) ([]AccessSpec, error) {
	var specs []AccessSpec
	for n, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		spec, err := ParseAccessSpec(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		specs = append(specs, spec)
	}
	return specs, nil
}

// Restrict lets in none but those who are allowed, though it be nobody.
func (a *Access) Restrict() { a.restricted = true }

// Allow lets in a range, and nobody that is in no such range.
func (a *Access) Allow(p netip.Prefix) {
	a.restricted = true
	a.allow.add(p)
}

// Deny keeps out a range, whoever is allowed.
func (a *Access) Deny(p netip.Prefix) { a.deny.add(p) }

// Admits says whether addr may connect, and if not, why.
func (a *Access) Admits(addr netip.Addr) (ok bool, reason string) {
	addr = plain(addr)
	switch {
	case a.deny.hold(addr):
		return false, "denied"
	case a.restricted && !a.allow.hold(addr):
		return false, "not allowed"
	}
	return true, ""
}

// Empty says whether everybody is let in.
func (a *Access) Empty() bool { return !a.restricted && len(a.deny) == 0 }

// plain is an address as it is compared: an IPv4 one as what it is, and without the interface it came by.
func plain(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }

// prefixes are ranges. Whether an address is in one costs a look-up for each possible length, however many there are.
type prefixes map[netip.Prefix]struct{}

func (p *prefixes) add(r netip.Prefix) {
	if *p == nil {
		*p = make(prefixes)
	}
	(*p)[r.Masked()] = struct{}{}
}

func (p prefixes) hold(addr netip.Addr) bool {
	for bits := 0; len(p) > 0 && bits <= addr.BitLen(); bits++ {
		r, err := addr.Prefix(bits)
		if _, found := p[r]; err == nil && found {
			return true
		}
	}
	return false
}
