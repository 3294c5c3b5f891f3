package resolve

import (
	"strings"
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

// decodeIDN makes the UTF-8 form of a name, or gives it back if it has none.
func decodeIDN(name string) string {
	if !strings.Contains(strings.ToLower(name), "xn--") {
		return name
	}
	decoded, err := lookupProfile().ToUnicode(name)
	if err != nil {
		return name
	}
	return decoded
}

func isASCII(s string) bool {
	return onlyOf(s, func(c byte) bool { return c < utf8.RuneSelf })
}
