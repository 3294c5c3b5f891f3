package printable

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// Harmless makes a text one line that plays no tricks on a terminal. It writes control characters
// except the tab, and bytes that are not text, as \ooo.
func Harmless(text string) string { return string(appendVisible(nil, []byte(text))) }

// AppendHarmless appends a line in the same way, but keeps a carriage return at its end.
func AppendHarmless(dst, line []byte) []byte {
	if rest, ended := bytes.CutSuffix(line, []byte("\r")); ended {
		return append(appendVisible(dst, rest), '\r')
	}
	return appendVisible(dst, line)
}

func appendVisible(dst, line []byte) []byte {
	for len(line) > 0 {
		r, n := utf8.DecodeRune(line)
		switch {
		case r == utf8.RuneError && n == 1, r != '\t' && !strconv.IsPrint(r):
			for _, b := range line[:n] {
				dst = append(dst, '\\', '0'+b>>6, '0'+b>>3&7, '0'+b&7)
			}
		default:
			dst = append(dst, line[:n]...)
		}
		line = line[n:]
	}
	return dst
}
