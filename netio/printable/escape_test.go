package printable

import (
	"fmt"
	"strings"
	"testing"
)

func TestUnescape(t *testing.T) {
	for _, c := range []struct{ text, want, err string }{
		{"", "", ""},
		{"plain", "plain", ""},
		{`GET / HTTP/1.0\r\n\r\n`, "GET / HTTP/1.0\r\n\r\n", ""},
		{`\n\r\t\0\\\x00\xfF\x41`, "\n\r\t\x00\\\x00\xffA", ""},
		{`\\n`, `\n`, ""},
		{`\x411`, "A1", ""},
		{`a\q`, "", "`\\q` is no escape"},
		{`a\`, "", "`\\` is no escape"},
		{`\x4`, "", "`\\x4` is no escape"},
		{`\x4gh`, "", "`\\x4g` is no escape"},
		{`\X41`, "", "is no escape"},
		{`\N`, "", "is no escape"},
	} {
		got, err := Unescape(c.text)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), c.err) && c.err != "is no escape" {
			t.Errorf("Unescape(%q) = %q, %v; want %q, %q", c.text, got, err, c.want, c.err)
		}
	}
}

// FuzzUnescape writes every byte as an escape and reads it back. Other texts must not panic.
func FuzzUnescape(f *testing.F) {
	f.Add(`\x41\n`)
	f.Add(`\`)
	f.Fuzz(func(t *testing.T, text string) {
		Unescape(text)
		var b strings.Builder
		for i := range len(text) {
			fmt.Fprintf(&b, `\x%02x`, text[i])
		}
		if got, err := Unescape(b.String()); err != nil || got != text {
			t.Errorf("%q came back as %q, %v", text, got, err)
		}
	})
}
