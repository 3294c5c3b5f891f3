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

// encodeIDN makes the ASCII form of a name in UTF-8. It is false if there is none. An ASCII name
// passes unchanged.
//
// It is as strict as libidn2 2.3 is when glibc calls it. UTS #46 maps the name, without the
// transitional forms. Then each label must be one that IDNA2008 looks up (RFC 5891, section 5.4),
// but may have an underscore. CONTEXTO is not checked, and the bidi rule is applied to a label, not
// to the whole name. Two things differ: the age of the tables, and some right-to-left labels with
// two kinds of digits, of which libidn2 takes more than RFC 5893 allows.
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

// lookupProfile maps as UTS #46 says, and checks joiners. It leaves hyphens to hyphensInPlace,
// because idna would count them in bytes.
func lookupProfile(more ...idna.Option) *idna.Profile {
	return idna.New(append(more,
		idna.MapForLookup(),
		idna.Transitional(false),
		idna.StrictDomainName(false),
		idna.CheckHyphens(false),
	)...)
}

// encodeLabel makes the ASCII form of a mapped label.
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

// hyphensInPlace reports whether a label neither begins nor ends with a hyphen, and has no two
// hyphens where the prefix of Punycode has them.
func hyphensInPlace(label string) bool {
	runes := []rune(label)
	n := len(runes)
	return n == 0 || runes[0] != '-' && runes[n-1] != '-' &&
		(n < 4 || runes[2] != '-' || runes[3] != '-')
}

// lookedUp reports whether IDNA2008 looks up a label that is not ASCII.
func lookedUp(label string) bool {
	first, _ := utf8.DecodeRuneInString(label)
	return !unicode.IsMark(first) && !strings.ContainsFunc(label, disallowed)
}

// disallowed reports whether RFC 5892, section 3, disallows a code point. It is meant for code
// points that have been mapped.
func disallowed(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return !unicode.In(r, unicode.Ll, unicode.Nd) && r != '-' && r != '_'
	case unicode.In(r, unicode.L, unicode.Mn, unicode.Mc, unicode.Nd):
		return excluded(r)
	}
	return !excepted(r)
}

// excluded reports whether a letter or mark is disallowed all the same: by the exceptions of
// section 2.6, by the blocks of 2.8, or as old Hangul by 2.9.
func excluded(r rune) bool {
	switch {
	case r == 0x0640, r == 0x07FA, r == 0x302E, r == 0x302F, 0x3031 <= r && r <= 0x3035, r == 0x303B,
		0x20D0 <= r && r <= 0x20FF, 0x1D100 <= r && r <= 0x1D24F,
		0x1100 <= r && r <= 0x11FF, 0xA960 <= r && r <= 0xA97C, 0xD7B0 <= r && r <= 0xD7FB:
		return true
	}
	return false
}

// excepted reports whether a code point is allowed though it is neither letter nor digit: by the
// exceptions of section 2.6, or as a joiner of 2.7, which has been checked. The last three are no
// letters, but libidn2 takes them, because UTS #46 treats them as ASCII with a stroke.
func excepted(r rune) bool {
	switch r {
	case 0x00B7, 0x0375, 0x05F3, 0x05F4, 0x06FD, 0x06FE, 0x0F0B, 0x3007, 0x30FB, 0x200C, 0x200D,
		0x2260, 0x226E, 0x226F:
		return true
	}
	return false
}

// acePrefix begins a label in Punycode, in upper case as well (RFC 5890, section 2.3.2.5).
const acePrefix = "xn--"

// decodeIDN makes the UTF-8 form of a name. As libidn2's idn2_to_unicode it maps nothing, and
// leaves alone what is not Punycode: a name server gave the name, no person typed it.
func decodeIDN(name string) string {
	labels := strings.Split(name, ".")
	for i, label := range labels {
		labels[i] = decodeLabel(label)
	}
	return strings.Join(labels, ".")
}

// decodeLabel decodes a label. It returns the label itself if that has no other form, or one that
// could control the terminal it is printed on.
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

// undecodable reports whether r is a control character, or what decoding leaves where there is no
// code point.
func undecodable(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c >= utf8.RuneSelf })
}
