package printable

import (
	"fmt"
	"strconv"
	"strings"
)

// Unescape reads \n, \r, \t, \0, \\ and \xHH. Any other backslash is an error.
func Unescape(text string) (string, error) {
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(text, `\`)
		b.WriteString(plain)
		if !found {
			return b.String(), nil
		}
		value, size := escape(rest)
		if size == 0 {
			shown := []rune(rest)
			return "", fmt.Errorf(`%#q is no escape; write \n, \r, \t, \0, \\ or \xHH`, `\`+string(shown[:min(len(shown), 3)]))
		}
		b.WriteByte(value)
		text = rest[size:]
	}
}

// escape reads the escape at the beginning of s, after a backslash. size is 0 if there is none.
func escape(s string) (value byte, size int) {
	if s == "" {
		return 0, 0
	}
	if i := strings.IndexByte(`nrt0\`, s[0]); i >= 0 {
		return "\n\r\t\x00\\"[i], 1
	}
	if s[0] != 'x' || len(s) < 3 {
		return 0, 0
	}
	n, err := strconv.ParseUint(s[1:3], 16, 8)
	if err != nil {
		return 0, 0
	}
	return byte(n), 3
}
