package netio

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestExpectation(t *testing.T) {
	long := strings.Repeat("x", expectWindow)
	for _, c := range []struct {
		name, pattern string
		pieces        []string
		met           int // the piece that completes the match, from 1; 0: none
	}{
		{"at once", "^220 .*\n", []string{"220 ready\n"}, 1},
		{"in pieces", "abc", []string{"a", "b", "c", "d"}, 3},
		{"never", "abc", []string{"ab", "ab"}, 0},
		{"empty pattern, first byte", "", []string{"", "a"}, 2},
		{"bytes that are no text", "\x00.b", []string{"\xff\x00", "\xfeb"}, 2},
		{"across the window", "ab", []string{long + "a", "b" + long}, 2},
		{"early in a long piece", "^ab", []string{"ab" + long + long}, 1},
		{"longer than the window", "(?s)^a.*b", []string{"a" + long, "b"}, 0},
	} {
		e := NewExpectation(regexp.MustCompile(c.pattern))
		met := 0
		for i, piece := range c.pieces {
			e.Add([]byte(piece))
			if e.Met() {
				met = i + 1
				break
			}
		}
		if met != c.met {
			t.Errorf("%s: met after piece %d, want %d", c.name, met, c.met)
		}
	}
}

func TestExpectationKeepsAWindow(t *testing.T) {
	e := NewExpectation(regexp.MustCompile("never"))
	piece := make([]byte, 1000)
	for range 1000 {
		e.Add(piece)
	}
	if len(e.held) > expectWindow+len(piece) {
		t.Errorf("%d bytes are held", len(e.held))
	}
}

func TestInstead(t *testing.T) {
	for _, c := range []struct{ came, want string }{
		{"", "nothing"},
		{"500 no\r\n\t", `"500 no\r\n\t"`},
		{"grüß", `"grüß"`},
		{"\x00\xff a", "00ff2061"},
		{"\x1b[1m", "1b5b316d"},
		{strings.Repeat("a", 200), `"` + strings.Repeat("a", 200) + `"`},
		{strings.Repeat("a", 1000), `"` + strings.Repeat("a", 200) + `" and 800 bytes more`},
		{strings.Repeat("a", 199) + "ü", `"` + strings.Repeat("a", 199) + `" and 2 bytes more`},
		{strings.Repeat("\xff", 201), strings.Repeat("ff", 200) + " and 1 bytes more"},
	} {
		e := NewExpectation(regexp.MustCompile("$^never"))
		for _, b := range []byte(c.came) { // byte by byte
			e.Add([]byte{b})
		}
		if got := e.Instead(); got != c.want {
			t.Errorf("%q: %s, want %s", c.came, got, c.want)
		}
	}
}

// FuzzExpectation adds bytes in pieces of random sizes. They must match exactly when the whole
// matches.
func FuzzExpectation(f *testing.F) {
	f.Add("220 ready\r\n", "ready", uint8(3))
	f.Add("aab", "ab", uint8(1))
	f.Fuzz(func(t *testing.T, came, wanted string, size uint8) {
		if wanted == "" || len(came)+len(wanted) > expectWindow || !utf8.ValidString(came) || !utf8.ValidString(wanted) {
			t.Skip()
		}
		e := NewExpectation(regexp.MustCompile(regexp.QuoteMeta(wanted)))
		for rest := came; rest != "" && !e.met; {
			n := min(len(rest), int(size)+1)
			e.Add([]byte(rest[:n]))
			rest = rest[n:]
		}
		if e.Met() != strings.Contains(came, wanted) {
			t.Errorf("%q in %q: %v", wanted, came, e.Met())
		}
		e.Instead()
	})
}
