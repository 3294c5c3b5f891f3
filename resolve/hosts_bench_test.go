package resolve

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// manyHosts is a hosts file of so many lines, each with a name and an alias.
func manyHosts(lines int) string {
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "10.%d.%d.%d host%06d.example.org host%06d\n", i>>16, i>>8&255, i&255, i, i)
	}
	return b.String()
}

// BenchmarkHosts looks through a file of 100,000 lines.
func BenchmarkHosts(b *testing.B) {
	text := manyHosts(100_000)
	r := &Resolver{Root: fstest.MapFS{
		"etc/hosts":         {Data: []byte(text)},
		"etc/nsswitch.conf": {Data: []byte("hosts: files\n")},
	}}
	for _, name := range []string{"host099999", "host050000", "nosuchname", "h"} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r.Getaddrinfo(context.Background(), &name, nil, Hints{SockType: SockStream})
			}
		})
	}
	b.Run("reverse", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			r.Reverse(context.Background(), mustAddr("10.1.134.159"))
		}
	})
}
