package cmd

import (
	"fmt"
	"strings"
	"testing"
)

func TestWaitTargets(t *testing.T) {
	for _, c := range []struct{ words, want string }{
		{"host:80", "tcp host:80"},
		{":80", "tcp localhost:80"},
		{"[::1]:http tcp:host:1", "tcp [::1]:http tcp host:1"},
		{"udp:host:53 unix:/run/x unix:@name", "udp host:53 unix /run/x unix @name"},
		{"tcp:[::1]:1 udp::53", "tcp [::1]:1 udp localhost:53"},
		{"host 80", `error: "host" and "80" are two words; write HOST:PORT: host:80`},
		{"::1 80", `error: "::1" and "80" are two words; write HOST:PORT: [::1]:80`},
		{"a:1 80", `error: "80" is no target; write HOST:PORT`},
		{"host", `error: "host" is no target; write HOST:PORT`},
		{"", "error: no target; write HOST:PORT"},
		{"host:0", "error: port 0 is not within 1 and 65535"},
		{"unix:", "error: the path of the Unix socket is empty"},
	} {
		targets, err := waitTargets(strings.Fields(c.words))
		got := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(targets), "["), "]")
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.words, got, c.want)
		}
	}
}

func FuzzWaitTargets(f *testing.F) {
	f.Add("host:80 udp:[::1]:53 unix:@x")
	f.Add("::1 80")
	f.Fuzz(func(t *testing.T, line string) {
		words := strings.Fields(line)
		targets, err := waitTargets(words)
		if err == nil && len(targets) != len(words) {
			t.Errorf("%q: %v", words, targets)
		}
	})
}
