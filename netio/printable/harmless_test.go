package printable

import "testing"

func TestHarmless(t *testing.T) {
	for line, want := range map[string]string{
		"plain text":        "plain text",
		"a\tb\r":            "a\tb\r",
		"over\rwritten":     `over\015written`,
		"\x1b[31mred\a\x7f": `\033[31mred\007\177`,
		"caf\u00e9":         "caf\u00e9",
		"\u009b31m":         `\302\23331m`,
		"\u202e":            `\342\200\256`,
		"\xff\xfe":          `\377\376`,
	} {
		if got := string(AppendHarmless(nil, []byte(line))); got != want {
			t.Errorf("%q became %q, want %q", line, got, want)
		}
	}
	if got, want := Harmless("two\nlines\r"), `two\012lines\015`; got != want {
		t.Errorf("the lines became %q, want %q", got, want)
	}
}
