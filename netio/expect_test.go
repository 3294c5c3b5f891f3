package netio

import (
	"regexp"
	"strings"
	"testing"
)

func TestExpectation(t *testing.T) {
	long := strings.Repeat("x", expectWindow)
	for _, c := range []struct {
		name, pattern string
		pieces        []string
		met           int // after which piece, from 1; 0: never
		end           int
	}{
		{"at once", "^220 .*\n", []string{"220 ready\n"}, 1, 10},
		{"in pieces", "abc", []string{"a", "b", "c", "d"}, 3, 3},
		{"never", "abc", []string{"ab", "ab"}, 0, 0},
		{"empty pattern, first byte", "", []string{"", "a"}, 2, 0},
		{"bytes that are no text", "\x00.b", []string{"\xff\x00", "\xfeb"}, 2, 4},
		{"across the window", "ab", []string{long + "a", "b" + long}, 2, expectWindow + 1},
		{"early in a long piece", "^ab", []string{"ab" + long + long}, 1, 2},
		{"longer than the window", "(?s)^a.*b", []string{"a" + long, "b"}, 0, 0},
	} {
		e := NewExpectation(regexp.MustCompile(c.pattern))
		met := 0
		for i, piece := range c.pieces {
			e.Add([]byte(piece))
			if _, ok := e.Match(); ok {
				met = i + 1
				break
			}
		}
		if end, _ := e.Match(); met != c.met || end != c.end {
			t.Errorf("%s: met after piece %d at %d, want %d at %d", c.name, met, end, c.met, c.end)
		}
	}
}

// TestExpectationGoesOn has one pattern after another, with what follows a match left for the next.
func TestExpectationGoesOn(t *testing.T) {
	e := NewExpectation(regexp.MustCompile("one"))
	e.Add([]byte("zero one two"))
	end, ok := e.Match()
	if !ok || end != 8 {
		t.Fatal(end, ok)
	}
	e.Consume(end)
	if got := e.Instead(); got != `" two"` {
		t.Error(got)
	}
	e.Expect(regexp.MustCompile("^ two"))
	if end, ok = e.Match(); !ok || end != 4 {
		t.Fatal("the rest does not match", end, ok)
	}
	e.Consume(end)
	if _, ok = e.Match(); ok || !e.Nothing() {
		t.Error("what has been consumed is still there")
	}
	e.Expect(regexp.MustCompile("three"))
	e.Add([]byte("three"))
	if _, ok = e.Match(); !ok {
		t.Error("what comes later does not match")
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
