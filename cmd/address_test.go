package cmd

import (
	"strings"
	"testing"

	"gnc/netio"
)

func TestParseAddress(t *testing.T) {
	for word, want := range map[string]waitTarget{
		"host:80":             {netio.Target{Host: "host", Port: "80"}, kindTCP},
		"tcp:host:80":         {netio.Target{Host: "host", Port: "80"}, kindTCP},
		"tcp://host:80":       {netio.Target{Host: "host", Port: "80"}, kindTCP},
		"Tcp://[::1]:http":    {netio.Target{Host: "::1", Port: "http"}, kindTCP},
		"tcp://:80":           {netio.Target{Host: "localhost", Port: "80"}, kindTCP},
		"udp://host:80":       {netio.Target{Host: "host", Port: "80"}, kindUDP},
		"unix:x":              {netio.Target{Host: "x"}, kindUnix},
		"unix://x":            {netio.Target{Host: "x"}, kindUnix},
		"unix://x/y?z#a@b:80": {netio.Target{Host: "x/y?z#a@b:80"}, kindUnix},
		"unix:///run/x.sock":  {netio.Target{Host: "/run/x.sock"}, kindUnix},
		"unix:/run/x.sock":    {netio.Target{Host: "/run/x.sock"}, kindUnix},
		"unix://@name":        {netio.Target{Host: "@name"}, kindUnix},
	} {
		if got, err := parseWaitTarget(word); err != nil || got != want {
			t.Errorf("%q is %+v, %v; want %+v", word, got, err, want)
		}
	}
	for _, word := range []string{"tcp:", "tcp://", "tcp://host", "tcp://host:", "tcp://host:80/", "tcp://host:80/x", "tcp://host:80?x",
		"tcp://host:80#x", "tcp://user@host:80", "tcp:///host:80", "udp://host:80/", "unix:", "unix://", "http://host:80",
		"tcp://tcp://host:80", "tcp://udp:host:80"} {
		if got, err := parseWaitTarget(word); err == nil {
			t.Errorf("%q is %+v, want an error", word, got)
		}
	}
}

// FuzzParseAddress takes a URL for what the same address is without the slashes, and nothing that has a slash for a host.
func FuzzParseAddress(f *testing.F) {
	for _, word := range []string{"tcp://host:80", "udp:[::1]:80", "unix://x", "vsock://1:2", "host:80", "tcp://a@b:1/c", "http://h"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		got, err := parseWaitTarget(word)
		scheme, after, isURL := hasScheme(word)
		if err != nil || !isURL {
			return
		}
		if !got.Kind.isUnix() && strings.ContainsAny(got.Host+got.Port, "/?#@") {
			t.Errorf("%q is %+v", word, got)
		}
		if plain, err := parseWaitTarget(scheme + ":" + after); err != nil || plain != got {
			t.Errorf("%q is %+v, and without slashes %+v, %v", word, got, plain, err)
		}
	})
}
