package resolve

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// lookupProfile maps and encodes as libidn2 does for a lookup: UTS #46 without
// the transitional forms, and nothing said about which ASCII a host name has.
func lookupProfile() *idna.Profile {
	return idna.New(
		idna.MapForLookup(),
		idna.Transitional(false),
		idna.StrictDomainName(false),
		idna.BidiRule(),
		idna.CheckHyphens(false),
	)
}

// encodeIDN makes the ASCII form of a name in UTF-8. ASCII passes untouched.
func encodeIDN(name string) (string, bool) {
	if isASCII(name) {
		return name, true
	}
	if !utf8.ValidString(name) || strings.Contains(name, `\`) {
		return "", false
	}
	encoded, err := lookupProfile().ToASCII(name)
	return encoded, err == nil
}

// acePrefix begins a label in Punycode, in capitals as well (RFC 5890, section
// 2.3.2.5).
const acePrefix = "xn--"

// decodeIDN makes the UTF-8 form of a name. Nothing is mapped and nothing that
// is not Punycode is touched, as libidn2's idn2_to_unicode has it: the name is
// one that a name server gave, not one that a person typed.
func decodeIDN(name string) string {
	labels := strings.Split(name, ".")
	for i, label := range labels {
		labels[i] = decodeLabel(label)
	}
	return strings.Join(labels, ".")
}

// decodeLabel decodes a label, or gives it back if it has no other form, or one
// that would do something to the terminal it is printed on.
func decodeLabel(label string) string {
	n := len(acePrefix)
	if len(label) < n || !strings.EqualFold(label[:n], acePrefix) {
		return label
	}
	decoded, err := idna.Punycode.ToUnicode(acePrefix + label[n:])
	if err != nil || decoded == "" || strings.ContainsFunc(decoded, undecodable) {
		return label
	}
	return decoded
}

// undecodable tells of control characters, and of what decoding leaves where a
// code point is none.
func undecodable(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }

func isASCII(s string) bool {
	return onlyOf(s, func(c byte) bool { return c < utf8.RuneSelf })
}
