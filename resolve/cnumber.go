package resolve

import (
	"math"
	"strings"
)

// The configuration files are read by C programs, and their numbers are what
// strtoul(3), strtol(3) and atoi(3) make of the text.

// space holds what isspace(3) calls space in the C locale.
const space = " \t\n\v\f\r"

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// skipSpace cuts leading blanks. With strings.TrimLeft, and strings.IndexAny in field, a large
// /etc/hosts took 1.3 times as long.
func skipSpace(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	return s
}

// cutAny splits s before the first of chars, or at its end if there is none of them.
func cutAny(s, chars string) (before, rest string) {
	i := strings.IndexAny(s, chars)
	if i < 0 {
		i = len(s)
	}
	return s[:i], s[i:]
}

// digitValue is the value of c as a digit in base 36, or 36 for any other character.
func digitValue(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'Z':
		return int(c-'A') + 10
	}
	return 36
}

// strtoul reads an unsigned number at the start of s, as strtoul(3) does with 64-bit longs: leading
// blanks, then a sign (a negative number wraps), then digits. Base 0 reads C's prefixes. rest is
// what follows the number, and all of s if there is no number. A number that is too large gives the
// largest one, and overflow.
func strtoul(s string, base int) (n uint64, rest string, overflow bool) {
	text := skipSpace(s)
	negative := false
	if text != "" && (text[0] == '+' || text[0] == '-') {
		negative = text[0] == '-'
		text = text[1:]
	}
	if base == 0 {
		base, text = basePrefix(text)
	}
	digits := 0
	for digits < len(text) {
		d := digitValue(text[digits])
		if d >= base {
			break
		}
		if n > (math.MaxUint64-uint64(d))/uint64(base) {
			overflow = true
		}
		n = n*uint64(base) + uint64(d)
		digits++
	}
	if digits == 0 {
		return 0, s, false
	}
	if overflow {
		return math.MaxUint64, text[digits:], true
	}
	if negative {
		n = -n
	}
	return n, text[digits:], false
}

// basePrefix gives the base of a C number by its prefix, and cuts a "0x". The 0 of an octal number
// is a digit and stays.
func basePrefix(s string) (int, string) {
	if s == "" || s[0] != '0' {
		return 10, s
	}
	if len(s) > 2 && (s[1] == 'x' || s[1] == 'X') && digitValue(s[2]) < 16 {
		return 16, s[2:]
	}
	return 8, s
}

// atoi reads a number as atoi(3) does: by strtol, cut to 32 bits.
func atoi(s string) int {
	n, rest, overflow := strtoul(s, 10)
	if len(rest) == len(s) {
		return 0
	}
	negative := skipSpace(s)[0] == '-'
	switch {
	case negative && (overflow || -n > 1<<63):
		return 0 // LONG_MIN, cut
	case !negative && n > math.MaxInt64:
		return -1 // LONG_MAX, cut
	}
	return int(int32(uint32(n)))
}

// lowerASCII gives the lower case of an ASCII letter, and any other byte unchanged.
func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// upperASCII gives the upper case of an ASCII letter, and any other byte unchanged.
func upperASCII(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// equalFold is strcasecmp(3) in the C locale: bytes, ASCII case folded.
// strings.EqualFold would fold all of Unicode.
func equalFold[S, T string | []byte](s S, t T) bool {
	if len(s) != len(t) {
		return false
	}
	for i := 0; i < len(s); i++ {
		if lowerASCII(s[i]) != lowerASCII(t[i]) {
			return false
		}
	}
	return true
}

// hasPrefixFold reports whether s starts with prefix, ASCII case folded.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && equalFold(s[:len(prefix)], prefix)
}
