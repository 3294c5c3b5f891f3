// Package printable shows bytes to people: excerpts, escapes, hex dumps, and text that plays no tricks on a terminal. Begin
// with excerpt.go.
package printable

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// excerptMost is how many bytes a message shows of what came.
const ExcerptMost = 200

// Excerpt shows the first of so many bytes: text in quotes, or hexadecimal, and how many there are more.
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

// wholeRunes is p without the beginning of a character whose rest has been cut off.
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

// isText says whether a person can read p.
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
