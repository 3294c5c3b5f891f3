package resolve

import (
	"math"
	"net/netip"
	"strings"
)

// inetAton reads an IPv4 address in the forms of inet_aton(3), and nothing after it. It has one to
// four parts, each decimal, octal (0...) or hexadecimal (0x...). The last part fills the bytes that
// are left.
func inetAton(s string) (netip.Addr, bool) {
	var parts [4]uint64
	for i := range parts {
		if s == "" || !isDigit(s[0]) {
			return netip.Addr{}, false
		}
		n, rest, overflow := strtoul(s, 0)
		if overflow || n > math.MaxUint32 {
			return netip.Addr{}, false
		}
		parts[i] = n
		if rest == "" {
			return joinParts(parts[:i+1])
		}
		if rest[0] != '.' || n > 0xff {
			return netip.Addr{}, false
		}
		s = rest[1:]
	}
	return netip.Addr{}, false
}

// joinParts makes an address of one to four numbers.
func joinParts(parts []uint64) (netip.Addr, bool) {
	last := len(parts) - 1
	if parts[last] > math.MaxUint32>>(8*last) {
		return netip.Addr{}, false
	}
	n := parts[last]
	for i, p := range parts[:last] {
		n |= p << (24 - 8*i)
	}
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), true
}

// inetPton4 reads a dotted quad as inet_pton(3) does: four decimal numbers, no
// leading zeros.
func inetPton4(s string) (netip.Addr, bool) {
	var quad [4]byte
	for i := range quad {
		n, digits := 0, 0
		for digits < len(s) && isDigit(s[digits]) {
			if digits > 0 && n == 0 {
				return netip.Addr{}, false
			}
			n = n*10 + int(s[digits]-'0')
			if n > 255 {
				return netip.Addr{}, false
			}
			digits++
		}
		if digits == 0 {
			return netip.Addr{}, false
		}
		quad[i] = byte(n)
		s = s[digits:]
		if i == 3 {
			return netip.AddrFrom4(quad), s == ""
		}
		if s == "" || s[0] != '.' {
			return netip.Addr{}, false
		}
		s = s[1:]
	}
	panic("resolve: inetPton4 left its loop")
}

// inetPton6 reads an IPv6 address without a zone, as inet_pton(3) does.
func inetPton6(s string) (netip.Addr, bool) {
	var b [16]byte
	used, gap := 0, -1
	if strings.HasPrefix(s, ":") {
		if !strings.HasPrefix(s, "::") {
			return netip.Addr{}, false
		}
		s = s[1:]
	}
	for s != "" {
		n, digits := 0, 0
		for digits < len(s) && digitValue(s[digits]) < 16 {
			if digits == 4 {
				return netip.Addr{}, false
			}
			n = n<<4 | digitValue(s[digits])
			digits++
		}
		if digits < len(s) && s[digits] == '.' {
			quad, ok := inetPton4(s)
			if !ok || used > 12 {
				return netip.Addr{}, false
			}
			q := quad.As4()
			used += copy(b[used:], q[:])
			break
		}
		if digits > 0 {
			if used > 14 {
				return netip.Addr{}, false
			}
			b[used], b[used+1] = byte(n>>8), byte(n)
			used += 2
		}
		s = s[digits:]
		if s == "" {
			break
		}
		switch {
		case s[0] != ':':
			return netip.Addr{}, false
		case digits > 0 && s == ":":
			return netip.Addr{}, false
		case digits == 0:
			if gap >= 0 {
				return netip.Addr{}, false
			}
			gap = used
		}
		s = s[1:]
	}
	return spread(b, used, gap)
}

// spread moves what follows the "::" to the end of the address. gap is the position of the "::", -1
// for none. It stands for at least one group of zeros.
func spread(b [16]byte, used, gap int) (netip.Addr, bool) {
	if gap < 0 {
		return netip.AddrFrom16(b), used == 16
	}
	if used == 16 {
		return netip.Addr{}, false
	}
	var out [16]byte
	copy(out[:], b[:gap])
	copy(out[16-(used-gap):], b[gap:used])
	return netip.AddrFrom16(out), true
}

// scopeID reads what follows the "%" of an address. That is an interface's name if the address is
// link-local (fe80::/10, or multicast of scope 1 or 2), and a decimal number of 32 bits for any
// address. It does not check that the interface exists.
func scopeID(a netip.Addr, text string, index func(string) uint32) (uint32, bool) {
	b := a.As16()
	local := b[0] == 0xfe && b[1]&0xc0 == 0x80
	multicast := b[0] == 0xff && (b[1]&0xf == 1 || b[1]&0xf == 2)
	if local || multicast {
		if n := index(text); n != 0 {
			return n, true
		}
	}
	if text == "" || !isDigit(text[0]) {
		return 0, false
	}
	n, rest, overflow := strtoul(text, 10)
	if rest != "" || overflow || n > math.MaxUint32 {
		return 0, false
	}
	return uint32(n), true
}

// numericNode is a node in digits, under some hints. Of a name, found is false and code is 0.
type numericNode struct {
	tuple tuple
	found bool
	code  int
}

// parseNumeric reads a node as an address: IPv4 by inet_aton's rules, then IPv6 by inet_pton's,
// with a scope. The family of the hints decides what is an answer.
func parseNumeric(node string, h Hints, index func(string) uint32) numericNode {
	if a, ok := inetAton(node); ok {
		switch {
		case h.Family != INET6:
			return literal(INET, a, 0)
		case h.Flags&V4Mapped != 0:
			return literal(INET6, mapped(a), 0)
		}
		return numericNode{code: EAIAddrFamily}
	}
	text, scope, scoped := strings.Cut(node, "%")
	a, ok := inetPton6(text)
	if !ok {
		if h.Flags&NumericHost != 0 {
			return numericNode{code: EAINoName}
		}
		return numericNode{}
	}
	family := INET6
	if h.Family == INET {
		if !a.Is4In6() {
			return numericNode{code: EAIAddrFamily}
		}
		family = INET
	}
	var id uint32
	if scoped {
		checked := a
		if family == INET {
			checked = scopedByIPv4(a)
		}
		if id, ok = scopeID(checked, scope, index); !ok {
			return numericNode{code: EAINoName}
		}
	}
	if family == INET {
		return literal(INET, a.Unmap(), 0)
	}
	return literal(INET6, a, id)
}

// scopedByIPv4 is the address whose scope glibc checks for a mapped address that becomes IPv4: it
// has already moved the four bytes to the front.
func scopedByIPv4(a netip.Addr) netip.Addr {
	b := a.As16()
	copy(b[:4], b[12:])
	return netip.AddrFrom16(b)
}

func literal(family int, a netip.Addr, scope uint32) numericNode {
	t := tuple{family: family, addr: a, scope: scope, origin: &Origin{Source: FromLiteral}}
	return numericNode{tuple: t, found: true}
}
