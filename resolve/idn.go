package resolve

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// The longest label, and the longest name without a dot at its end: 255 octets
// in a message (RFC 1035, section 2.3.4).
const (
	longestLabel = 63
	longestName  = 253
)

// encodeIDN makes the ASCII form of a name in UTF-8, or says that there is none.
// ASCII passes untouched.
//
// It is as strict as libidn2 2.3 is when glibc calls it: UTS #46 maps the name,
// without the transitional forms; then each label must be what IDNA2008 looks
// up (RFC 5891, section 5.4), but may have an underscore. CONTEXTO is not
// looked at, and the bidi rule is one of a label, not of the whole name.
// What differs is the age of the tables, and odd labels with digits of two kinds
// from right to left, of which libidn2 takes more than RFC 5893.
func encodeIDN(name string) (string, bool) {
	if isASCII(name) {
		return name, true
	}
	if !utf8.ValidString(name) || strings.Contains(name, `\`) {
		return "", false
	}
	mapped, err := lookupProfile().ToUnicode(name)
	if err != nil {
		return "", false
	}
	labels := strings.Split(mapped, ".")
	for i, label := range labels {
		encoded, ok := encodeLabel(label)
		if !ok {
			return "", false
		}
		labels[i] = encoded
	}
	encoded := strings.Join(labels, ".")
	return encoded, len(strings.TrimSuffix(encoded, ".")) <= longestName
}

// lookupProfile maps as UTS #46 says, and checks joiners. Hyphens are not its
// matter: it would count them in bytes.
func lookupProfile(more ...idna.Option) *idna.Profile {
	return idna.New(append(more,
		idna.MapForLookup(),
		idna.Transitional(false),
		idna.StrictDomainName(false),
		idna.CheckHyphens(false),
	)...)
}

// encodeLabel makes the ASCII form of a label that has been mapped.
func encodeLabel(label string) (string, bool) {
	if !hyphensInPlace(label) {
		return "", false
	}
	if !isASCII(label) && !lookedUp(label) {
		return "", false
	}
	encoded, err := lookupProfile(idna.BidiRule()).ToASCII(label)
	return encoded, err == nil && len(encoded) <= longestLabel
}

// hyphensInPlace says that a label neither begins nor ends with a hyphen, and
// has no two of them where the prefix of Punycode has them.
func hyphensInPlace(label string) bool {
	runes := []rune(label)
	n := len(runes)
	return n == 0 || runes[0] != '-' && runes[n-1] != '-' &&
		(n < 4 || runes[2] != '-' || runes[3] != '-')
}

// lookedUp says that IDNA2008 would look for a label that is not ASCII.
func lookedUp(label string) bool {
	first, _ := utf8.DecodeRuneInString(label)
	return !unicode.IsMark(first) && !strings.ContainsFunc(label, disallowed)
}

// disallowed tells of the code points that RFC 5892, section 3, does not allow,
// of those that mapping leaves.
func disallowed(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return !unicode.In(r, unicode.Ll, unicode.Nd) && r != '-' && r != '_'
	case unicode.In(r, unicode.L, unicode.Mn, unicode.Mc, unicode.Nd):
		return excluded(r)
	}
	return !excepted(r)
}

// excluded are the letters and marks that are disallowed all the same: by the
// exceptions of section 2.6, by the blocks of 2.8, and the old Hangul of 2.9.
func excluded(r rune) bool {
	switch {
	case r == 0x0640, r == 0x07FA, r == 0x302E, r == 0x302F, 0x3031 <= r && r <= 0x3035, r == 0x303B,
		0x20D0 <= r && r <= 0x20FF, 0x1D100 <= r && r <= 0x1D24F,
		0x1100 <= r && r <= 0x11FF, 0xA960 <= r && r <= 0xA97C, 0xD7B0 <= r && r <= 0xD7FB:
		return true
	}
	return false
}

// excepted are the code points that are allowed though they are neither letters
// nor digits: the exceptions of section 2.6 and the joiners of 2.7, which have
// been checked. The last three are no letters to anyone, but libidn2 takes them,
// for UTS #46 has them as ASCII with a stroke.
func excepted(r rune) bool {
	switch r {
	case 0x00B7, 0x0375, 0x05F3, 0x05F4, 0x06FD, 0x06FE, 0x0F0B, 0x3007, 0x30FB, 0x200C, 0x200D,
		0x2260, 0x226E, 0x226F:
		return true
	}
	return false
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
	return !strings.ContainsFunc(s, func(c rune) bool { return c >= utf8.RuneSelf })
}
