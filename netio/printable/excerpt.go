// Package printable shows bytes to people, and reads the escapes that people write. Every function
// takes bytes and returns text; none prints. Begin with Excerpt in excerpt.go, which messages use,
// and Harmless in harmless.go, which protects the terminal.
package printable

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// ExcerptMost is how many bytes an excerpt shows.
const ExcerptMost = 200

// Excerpt shows the first bytes of a text of all bytes: in quotes, or else in hexadecimal. It adds
// how many more there are.
func Excerpt(first []byte, all int64) string {
	shown := first[:min(len(first), ExcerptMost)]
	if all > int64(len(shown)) {
		shown = wholeRunes(shown)
	}
	said := hex.EncodeToString(shown)
	if isText(shown) {
		said = strconv.Quote(string(shown))
	}
	if more := all - int64(len(shown)); more > 0 {
		said += fmt.Sprintf(" and %d bytes more", more)
	}
	return said
}

// wholeRunes drops an incomplete character at the end of p.
func wholeRunes(p []byte) []byte {
	for n := len(p) - 1; n >= 0 && n >= len(p)-utf8.UTFMax; n-- {
		if utf8.RuneStart(p[n]) {
			if !utf8.FullRune(p[n:]) {
				return p[:n]
			}
			break
		}
	}
	return p
}

// isText reports whether a person can read p.
func isText(p []byte) bool {
	for len(p) > 0 {
		r, n := utf8.DecodeRune(p)
		if r == utf8.RuneError && n == 1 || !unicode.IsPrint(r) && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		p = p[n:]
	}
	return true
}
