package cmd

import (
	"strings"
	"testing"

	"gnc/cmd/job"
	"gnc/netio/address"
)

func TestParseAddress(t *testing.T) {
	for word, want := range map[string]job.WaitTarget{
		"host:80":             {Target: address.Target{Host: "host", Port: "80"}, Kind: job.TCP},
		"tcp:host:80":         {Target: address.Target{Host: "host", Port: "80"}, Kind: job.TCP},
		"tcp://host:80":       {Target: address.Target{Host: "host", Port: "80"}, Kind: job.TCP},
		"Tcp://[::1]:http":    {Target: address.Target{Host: "::1", Port: "http"}, Kind: job.TCP},
		"tcp://:80":           {Target: address.Target{Host: "localhost", Port: "80"}, Kind: job.TCP},
		"udp://host:80":       {Target: address.Target{Host: "host", Port: "80"}, Kind: job.UDP},
		"unix:x":              {Target: address.Target{Host: "x"}, Kind: job.Unix},
		"unix://x":            {Target: address.Target{Host: "x"}, Kind: job.Unix},
		"unix://x/y?z#a@b:80": {Target: address.Target{Host: "x/y?z#a@b:80"}, Kind: job.Unix},
		"unix:///run/x.sock":  {Target: address.Target{Host: "/run/x.sock"}, Kind: job.Unix},
		"unix:/run/x.sock":    {Target: address.Target{Host: "/run/x.sock"}, Kind: job.Unix},
		"unix://@name":        {Target: address.Target{Host: "@name"}, Kind: job.Unix},
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

// FuzzParseAddress takes a URL for what the same address is without the slashes, and nothing that
// has a slash for a host.
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
		if !got.Kind.IsUnix() && strings.ContainsAny(got.Host+got.Port, "/?#@") {
			t.Errorf("%q is %+v", word, got)
		}
		if plain, err := parseWaitTarget(scheme + ":" + after); err != nil || plain != got {
			t.Errorf("%q is %+v, and without slashes %+v, %v", word, got, plain, err)
		}
	})
}
