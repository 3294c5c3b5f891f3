package address

import (
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	for word, want := range map[string]Target{
		"host:80":          {"host", "80"},
		"host:http":        {"host", "http"},
		"127.0.0.1:0":      {"127.0.0.1", "0"},
		"[::1]:80":         {"::1", "80"},
		"[fe80::1%eth0]:1": {"fe80::1%eth0", "1"},
		":80":              {"", "80"},
	} {
		if got, err := Parse(word); err != nil || got != want {
			t.Errorf("%q is %+v, %v; want %+v", word, got, err, want)
		}
	}
	for _, word := range []string{"", "host", "host:", "::1:80", "[::1]", "[::1]80", "[::1]:", "[]:80", "[::1"} {
		if got, err := Parse(word); err == nil {
			t.Errorf("%q is %+v, want an error", word, got)
		}
	}
}

func TestParseTargetSaysWhatToWrite(t *testing.T) {
	for word, want := range map[string]string{
		"::1":                 `address "::1" has no port; write [::1]:PORT, or`,
		"[::1]":               `address "[::1]" has no port; write [::1]:PORT, or`,
		"1:2:3:4:5:6:7:8":     `has no port; write [1:2:3:4:5:6:7:8]:PORT, or`,
		"1:2:3:4:5:6:7:8:80":  `write [1:2:3:4:5:6:7:8]:80, or the host and the port as two words`,
		"::1:80":              `write [::1]:80, or the host and the port as two words; or [::1:80]:PORT`,
		"http://localhost:80": `is a URL, and gnc does not speak http; write HOST PORT, or write localhost:80`,
		"http://localhost":    `write localhost:80`,
		"https://[::1]/x?y":   `gnc does not speak https; write HOST PORT, or write [::1]:443`,
		"http://u:p@h:81/":    `write h:81`,
		"redis://cache":       `gnc does not speak redis; write HOST PORT, or write HOST:PORT`,
		"://":                 `write HOST:PORT`,
		"80":                  `is a port alone; write HOST 80`,
		"tcp:localhost:80":    `address "tcp:localhost:80" is not HOST:PORT`,
	} {
		if got, err := Parse(word); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %+v, %v; want %q", word, got, err, want)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, word := range []string{"host:80", "[::1]:80", ":80", "::1:80"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		got, err := Parse(word)
		if err != nil {
			return
		}
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Fatalf("%q is %+v, which reads as %+v, %v", word, got, again, err)
		}
	})
}
