package resolve

import "testing"

func TestNtop(t *testing.T) {
	for in, want := range map[string]string{
		"::1.2.3.4": "::1.2.3.4", "::1:2": "::0.1.0.2", "::1:2%3": "::0.1.0.2", "::1": "::1", "::": "::",
		"::2": "::2", "::ffff:1.2.3.4": "::ffff:1.2.3.4", "::1:2:3": "::1:2:3", "fe80::1%3": "fe80::1",
		"192.0.2.1": "192.0.2.1",
	} {
		if got := Ntop(mustAddr(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
