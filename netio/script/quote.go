package script

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// QuoteText writes p as the TEXT of a step. ok: at most a quarter of p had to be hexadecimal.
func QuoteText(p []byte) (text []byte, ok bool) {
	coded := 0
	text = append(text, '"')
	for rest := p; len(rest) > 0; {
		char, n := utf8.DecodeRune(rest)
		switch {
		case char == '\n':
			text = append(text, `\n`...)
		case char == '\r':
			text = append(text, `\r`...)
		case char == '\t':
			text = append(text, `\t`...)
		case char == '\\':
			text = append(text, `\\`...)
		case char == utf8.RuneError && n == 1, !strconv.IsPrint(char):
			for _, b := range rest[:n] {
				text = fmt.Appendf(text, `\x%02x`, b)
			}
			coded += n
		default:
			text = append(text, rest[:n]...)
		}
		rest = rest[n:]
	}
	return append(text, '"'), coded <= len(p)/4
}
