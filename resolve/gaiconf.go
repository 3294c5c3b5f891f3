package resolve

import (
	"cmp"
	"io"
	"math"
	"math/bits"
	"net/netip"
	"slices"
	"strings"
)

// prefixValue gives a value to the addresses of a prefix. IPv4 addresses are
// looked up as IPv4-mapped ones.
type prefixValue struct {
	prefix [16]byte
	bits   int
	value  int
}

// scopeRange gives a scope to the IPv4 addresses of a range.
type scopeRange struct {
	addr, mask uint32
	scope      int
}

// policy holds the tables of address selection. In each, the most specific entry comes first, and
// an entry that matches everything last.
type policy struct {
	labels     []prefixValue
	precedence []prefixValue
	scopes     []scopeRange
}

// defaultScopes are RFC 3484's, section 3.2.
var defaultScopes = []scopeRange{
	{0xa9fe0000, 0xffff0000, 2},
	{0x7f000000, 0xff000000, 2},
	{0, 0, 14},
}

// glibcLabels and glibcPrecedence are RFC 3484's tables with glibc's additions:
// labels of their own for site-local, unique local and Teredo addresses, whose
// precedence is that of any other address.
var glibcLabels = []prefixValue{
	{prefix: [16]byte{15: 1}, bits: 128, value: 0},
	{prefix: [16]byte{}, bits: 96, value: 3},
	{prefix: [16]byte{10: 0xff, 11: 0xff}, bits: 96, value: 4},
	{prefix: [16]byte{0x20, 0x01}, bits: 32, value: 7},
	{prefix: [16]byte{0x20, 0x02}, bits: 16, value: 2},
	{prefix: [16]byte{0xfe, 0xc0}, bits: 10, value: 5},
	{prefix: [16]byte{0xfc}, bits: 7, value: 6},
	{prefix: [16]byte{}, bits: 0, value: 1},
}

var glibcPrecedence = []prefixValue{
	{prefix: [16]byte{15: 1}, bits: 128, value: 50},
	{prefix: [16]byte{}, bits: 96, value: 20},
	{prefix: [16]byte{10: 0xff, 11: 0xff}, bits: 96, value: 10},
	{prefix: [16]byte{0x20, 0x02}, bits: 16, value: 30},
	{prefix: [16]byte{}, bits: 0, value: 40},
}

// rfc6724Labels and rfc6724Precedence are RFC 6724's, section 2.1.
var rfc6724Labels = []prefixValue{
	{prefix: [16]byte{15: 1}, bits: 128, value: 0},
	{prefix: [16]byte{}, bits: 96, value: 3},
	{prefix: [16]byte{10: 0xff, 11: 0xff}, bits: 96, value: 4},
	{prefix: [16]byte{0x20, 0x01}, bits: 32, value: 5},
	{prefix: [16]byte{0x20, 0x02}, bits: 16, value: 2},
	{prefix: [16]byte{0x3f, 0xfe}, bits: 16, value: 12},
	{prefix: [16]byte{0xfe, 0xc0}, bits: 10, value: 11},
	{prefix: [16]byte{0xfc}, bits: 7, value: 13},
	{prefix: [16]byte{}, bits: 0, value: 1},
}

var rfc6724Precedence = []prefixValue{
	{prefix: [16]byte{15: 1}, bits: 128, value: 50},
	{prefix: [16]byte{}, bits: 96, value: 1},
	{prefix: [16]byte{10: 0xff, 11: 0xff}, bits: 96, value: 35},
	{prefix: [16]byte{0x20, 0x01}, bits: 32, value: 5},
	{prefix: [16]byte{0x20, 0x02}, bits: 16, value: 30},
	{prefix: [16]byte{0x3f, 0xfe}, bits: 16, value: 1},
	{prefix: [16]byte{0xfe, 0xc0}, bits: 10, value: 1},
	{prefix: [16]byte{0xfc}, bits: 7, value: 3},
	{prefix: [16]byte{}, bits: 0, value: 40},
}

// valueOf gives the value of the first entry that matches.
func valueOf(table []prefixValue, a netip.Addr) int {
	b := a.As16()
	for _, e := range table {
		if commonPrefix(e.prefix, b) >= e.bits {
			return e.value
		}
	}
	panic("resolve: a policy table without ::/0")
}

// commonPrefix counts the leading bits that two addresses share.
func commonPrefix(x, y [16]byte) int {
	for i := range x {
		if d := x[i] ^ y[i]; d != 0 {
			return 8*i + bits.LeadingZeros8(d)
		}
	}
	return 128
}

// parseGaiConf reads gai.conf(5). A list of one kind replaces the whole
// default table of that kind; bad lines are skipped.
func parseGaiConf(in io.Reader) policy {
	var p policy
	eachLine(in, func(l line) bool {
		s, _, _ := strings.Cut(l.text, "#")
		words := append(fields(s), "", "", "")
		switch words[0] {
		case "label":
			addPrefix(&p.labels, words[1], words[2])
		case "precedence":
			addPrefix(&p.precedence, words[1], words[2])
		case "scopev4":
			p.addScope(words[1], words[2])
		}
		return true
	})
	p.labels = completed(p.labels, glibcLabels, 1)
	p.precedence = completed(p.precedence, glibcPrecedence, 40)
	if len(p.scopes) == 0 {
		p.scopes = defaultScopes
		return p
	}
	p.scopes = append(p.scopes, scopeRange{scope: 14})
	slices.SortStableFunc(p.scopes, func(x, y scopeRange) int { return cmp.Compare(y.mask, x.mask) })
	return p
}

// completed sorts a table, the most specific entry first, and adds a ::/0 as its last entry. An
// empty table is replaced by def. If the file has a ::/0, the added one is never reached.
func completed(table, def []prefixValue, rest int) []prefixValue {
	if len(table) == 0 {
		return def
	}
	table = append(table, prefixValue{value: rest})
	slices.SortStableFunc(table, func(x, y prefixValue) int { return cmp.Compare(y.bits, x.bits) })
	return table
}

// addPrefix adds "prefix/length value". A missing length means 128; glibc took it from an
// uninitialised pointer until 2.41.
func addPrefix(table *[]prefixValue, where, value string) {
	text, length, cut := strings.Cut(where, "/")
	addr, ok := inetPton6(text)
	bits, okBits := prefixLength(length, cut, 128)
	n, okValue := tableNumber(value, math.MaxInt32)
	if ok && okBits && okValue {
		*table = append(*table, prefixValue{prefix: addr.As16(), bits: bits, value: n})
	}
}

// addScope adds "address/length scope". The address is dotted or mapped.
func (p *policy) addScope(where, value string) {
	text, length, cut := strings.Cut(where, "/")
	scope, ok := tableNumber(value, math.MaxInt32)
	if !ok {
		return
	}
	var bits int
	addr, isV6 := inetPton6(text)
	if isV6 {
		bits, ok = prefixLength(length, cut, 128)
		bits -= 96
		ok = ok && bits >= 0 && addr.Is4In6()
		addr = addr.Unmap()
	} else if addr, ok = inetPton4(text); ok {
		bits, ok = prefixLength(length, cut, 32)
	}
	if !ok {
		return
	}
	mask := ^uint32(0) << (32 - bits)
	p.scopes = append(p.scopes, scopeRange{ipv4Number(addr) & mask, mask, scope})
}

// prefixLength reads a length. If none is given it is most.
func prefixLength(s string, given bool, most int) (int, bool) {
	if !given {
		return most, true
	}
	return tableNumber(s, most)
}

// tableNumber reads a number of gai.conf. An empty one is 0.
func tableNumber(s string, most int) (int, bool) {
	n, rest, overflow := strtoul(s, 10)
	return int(n), rest == "" && !overflow && n <= uint64(most)
}

// policy gives the tables of the resolver's order.
func (r *Resolver) policy() policy {
	if r.Order == OrderRFC6724 {
		return policy{rfc6724Labels, rfc6724Precedence, defaultScopes}
	}
	return parsed(r, "/etc/gai.conf", parseGaiConf,
		policy{glibcLabels, glibcPrecedence, defaultScopes})
}
