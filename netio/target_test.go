package netio

import "testing"

func TestParseTarget(t *testing.T) {
	for word, want := range map[string]Target{
		"host:80":          {"host", "80"},
		"host:http":        {"host", "http"},
		"127.0.0.1:0":      {"127.0.0.1", "0"},
		"[::1]:80":         {"::1", "80"},
		"[fe80::1%eth0]:1": {"fe80::1%eth0", "1"},
		":80":              {"", "80"},
	} {
		if got, err := ParseTarget(word); err != nil || got != want {
			t.Errorf("%q is %+v, %v; want %+v", word, got, err, want)
		}
	}
	for _, word := range []string{"", "host", "host:", "::1:80", "[::1]", "[::1]80", "[::1]:", "[]:80", "[::1"} {
		if got, err := ParseTarget(word); err == nil {
			t.Errorf("%q is %+v, want an error", word, got)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, word := range []string{"host:80", "[::1]:80", ":80", "::1:80"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		got, err := ParseTarget(word)
		if err != nil {
			return
		}
		if again, err := ParseTarget(got.String()); err != nil || again != got {
			t.Fatalf("%q is %+v, which reads as %+v, %v", word, got, again, err)
		}
	})
}
