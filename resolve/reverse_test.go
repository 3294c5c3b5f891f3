package resolve

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"
)

func nameText(ctx context.Context, r *Resolver, addr string) string {
	name, err := r.Reverse(ctx, netip.MustParseAddr(addr))
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Name()
	}
	return name
}

// TestReverse has the files asked first, then the name server; what is no name of a host is none.
func TestReverse(t *testing.T) {
	f := &fakeDNS{}
	v6 := "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR"
	f.reset(map[string]string{
		"1.2.0.192.in-addr.arpa PTR": "PTR www.example.test PTR other.example.test",
		"2.2.0.192.in-addr.arpa PTR": "CNAME 2.0-15.2.0.192.in-addr.arpa PTR two.example.test",
		"3.2.0.192.in-addr.arpa PTR": "servfail",
		"4.2.0.192.in-addr.arpa PTR": "PTR bad!name.test",
		"5.2.0.192.in-addr.arpa PTR": "owner=6.2.0.192.in-addr.arpa PTR victim.test",
		"7.2.0.192.in-addr.arpa PTR": "nodata",
		"8.2.0.192.in-addr.arpa PTR": "TXT x",
		"9.2.0.192.in-addr.arpa PTR": "PTR bad!name.test PTR good.test",
		v6:                           "PTR six.example.test",
	})
	server := f.listen(t, 1, "127.0.0.1:0")
	hosts := stockHostsFile +
		"192.0.2.20 first.test alias.test\n192.0.2.20 second.test\n::ffff:192.0.2.21 mapped.test\n"
	conf := "nameserver 192.0.2.1\noptions timeout:1 attempts:1\n"
	both := map[string]string{"resolv.conf": conf, "hosts": hosts}
	ctx := context.Background()
	for _, c := range []struct{ nsswitch, addr, want string }{
		{"", "127.0.0.1", "localhost"},
		{"", "::1", "localhost"},
		{"", "192.0.2.20", "first.test"},
		{"", "192.0.2.21", "mapped.test"},
		{"", "192.0.2.1", "www.example.test"},
		{"", "::ffff:192.0.2.1", "www.example.test"},
		{"", "192.0.2.2", "two.example.test"},
		{"", "192.0.2.3", "EAI_AGAIN"},
		{"", "192.0.2.4", "EAI_NONAME"},
		{"", "192.0.2.5", "EAI_NONAME"},
		{"", "192.0.2.7", "EAI_NONAME"},
		{"", "192.0.2.8", "EAI_NONAME"},
		{"", "192.0.2.9", "good.test"},
		{"", "192.0.2.99", "EAI_NONAME"},
		{"", "2001:db8::1", "six.example.test"},
		{"hosts: files", "192.0.2.1", "EAI_NONAME"},
		{"hosts: dns", "192.0.2.20", "EAI_NONAME"},
		{"hosts: files [NOTFOUND=return] dns", "192.0.2.1", "EAI_NONAME"},
		{"hosts: mdns4_minimal dns", "192.0.2.1", "www.example.test"},
		{"hosts: myhostname", "127.0.0.2", "testhost"},
		{"hosts: myhostname", "127.0.0.1", "localhost"},
		{"hosts: myhostname", "192.0.2.1", "EAI_NONAME"},
	} {
		files := map[string]string{"resolv.conf": both["resolv.conf"], "hosts": both["hosts"]}
		if c.nsswitch != "" {
			files["nsswitch.conf"] = c.nsswitch + "\n"
		}
		if got := nameText(ctx, isolated(files, server), c.addr); got != c.want {
			t.Errorf("%q: %s is %s, want %s", c.nsswitch, c.addr, got, c.want)
		}
	}
}

// TestReverseEndsWithItsContext asks a name server that is silent.
func TestReverseEndsWithItsContext(t *testing.T) {
	r := oneServer(t, map[string]string{"* PTR": "drop"}, "timeout:30 attempts:5")
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	done := make(chan string, 1)
	go func() { done <- nameText(ctx, r, "192.0.2.1") }()
	select {
	case got := <-done:
		if got != "EAI_AGAIN" {
			t.Error(got)
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits for the name server still")
	}
}
