package resolve

import (
	"errors"
	"strings"
)

// wireName is a domain name as DNS messages carry it, without compression: labels with their length
// before them, the empty label last. It is a string, so that it can be compared and kept. It has at
// most 255 bytes.
type wireName string

// Bounds of RFC 1035, section 2.3.4.
const (
	maxLabel = 63
	maxWire  = 255
)

// errBadName is the error for a name that no DNS message can carry.
var errBadName = errors.New("not a domain name")

// encodeName makes the wire form of a name in text, with the escapes of RFC
// 1035 section 5.1: "\." and "\065". A final dot changes nothing.
func encodeName(s string) (wireName, error) {
	var wire, label []byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '.' {
			if len(label) == 0 && s != "." || len(label) > maxLabel {
				return "", errBadName
			}
			if len(label) > 0 {
				wire = append(append(wire, byte(len(label))), label...)
			}
			label = label[:0]
			continue
		}
		if c == '\\' {
			n, used := unescape(s[i+1:])
			if used == 0 {
				return "", errBadName
			}
			c = n
			i += used
		}
		label = append(label, c)
	}
	if len(label) > maxLabel {
		return "", errBadName
	}
	if len(label) > 0 {
		wire = append(append(wire, byte(len(label))), label...)
	}
	wire = append(wire, 0)
	if len(wire) > maxWire {
		return "", errBadName
	}
	return wireName(wire), nil
}

// unescape reads what follows a backslash, and gives the number of bytes that it used, 0 for an
// error.
func unescape(s string) (c byte, used int) {
	switch {
	case s == "":
		return 0, 0
	case !isDigit(s[0]):
		return s[0], 1
	case len(s) < 3 || !isDigit(s[1]) || !isDigit(s[2]):
		return 0, 0
	}
	n := int(s[0]-'0')*100 + int(s[1]-'0')*10 + int(s[2]-'0')
	if n > 255 {
		return 0, 0
	}
	return byte(n), 3
}

// labels calls f for each label until f returns false. It reports whether f never did.
func (n wireName) labels(f func(label string) bool) bool {
	for n != "" && n[0] != 0 {
		size := int(n[0])
		if !f(string(n[1 : 1+size])) {
			return false
		}
		n = n[1+size:]
	}
	return true
}

// String gives the name in text without a final dot, the root as ".".
func (n wireName) String() string {
	var b strings.Builder
	n.labels(func(label string) bool {
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		for _, c := range []byte(label) {
			switch {
			case strings.IndexByte("\".;\\()@$", c) >= 0:
				b.WriteByte('\\')
				b.WriteByte(c)
			case c <= ' ' || c > '~':
				b.Write([]byte{'\\', '0' + c/100, '0' + c/10%10, '0' + c%10})
			default:
				b.WriteByte(c)
			}
		}
		return true
	})
	if b.Len() == 0 {
		return "."
	}
	return b.String()
}

// isHostName reports whether the name may be a host's: letters, digits, "-" and "_". A "-" at its
// start is refused, because a program might take it for an option.
func (n wireName) isHostName() bool {
	if len(n) > 1 && n[0] > 0 && n[1] == '-' {
		return false
	}
	return n.labels(func(label string) bool {
		for _, c := range []byte(label) {
			if !isDigit(c) && (lowerASCII(c) < 'a' || lowerASCII(c) > 'z') && c != '-' && c != '_' {
				return false
			}
		}
		return true
	})
}

// same compares names, ASCII case folded. A length byte is never a letter.
func (n wireName) same(m wireName) bool {
	return equalFold(string(n), string(m))
}

// hostNameOK reports whether a name in text may be asked for as a host's.
func hostNameOK(s string) bool {
	if strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return false
	}
	n, err := encodeName(s)
	return err == nil && n.isHostName()
}

// sameText compares two names in text, final dots aside, as HOSTALIASES does.
func sameText(s, t string) bool {
	return equalFold(strings.TrimRight(s, "."), strings.TrimRight(t, "."))
}
