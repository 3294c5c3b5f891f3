package access

import (
	"net/netip"
	"strings"
	"testing"
)

func TestAccess(t *testing.T) {
	for _, row := range []struct {
		allow, deny string
		in, out     string // addresses that are admitted, and that are not
	}{
		{"", "", "1.2.3.4 ::1", ""},
		{"10.0.0.0/8", "", "10.0.0.0 10.255.255.255 ::ffff:10.1.1.1", "11.0.0.0 9.255.255.255 ::1"},
		{"", "10.0.0.0/8", "11.0.0.0 ::1", "10.1.2.3 ::ffff:10.1.2.3"},
		{"10.0.0.0/8 192.0.2.7", "10.1.0.0/16", "10.0.0.1 192.0.2.7", "10.1.0.1 192.0.2.8"},
		{"::ffff:10.0.0.0/104", "", "10.1.2.3", "11.1.2.3"},
		{"::ffff:10.0.0.1", "", "10.0.0.1", "10.0.0.2"},
		{"fe80::/10", "", "fe80::1%eth0 fe80::1", "::1 10.0.0.1"},
		{"0.0.0.0/0", "", "10.0.0.1", "::1"},
		{"::/0", "", "::1", "10.0.0.1"},
	} {
		var a List
		for _, word := range strings.Fields(row.allow) {
			a.Allow(mustSpec(t, word))
		}
		for _, word := range strings.Fields(row.deny) {
			a.Deny(mustSpec(t, word))
		}
		for want, words := range map[bool]string{true: row.in, false: row.out} {
			for _, word := range strings.Fields(words) {
				if ok, reason := a.Admits(netip.MustParseAddr(word)); ok != want {
					t.Errorf("allow %q, deny %q: %s: %v %s", row.allow, row.deny, word, ok, reason)
				}
			}
		}
	}
}

func mustSpec(t *testing.T, word string) Spec {
	t.Helper()
	s, err := Parse(word)
	if err != nil || s.Name != "" {
		t.Fatalf("%s: %+v, %v", word, s, err)
	}
	return s
}

func TestAccessSpecErrors(t *testing.T) {
	for _, word := range []string{"", "10.0.0.1/8", "10/8", "10.0.0.0/33", "10.0.0.256", "1.2.3", "::1/129", "[::1]", "a b", "host:80",
		"fe80::1%eth0/64", "host/8", "name."} {
		if s, err := Parse(word); err == nil {
			t.Errorf("%q is taken as %+v", word, s)
		}
	}
	for _, word := range []string{"localhost", "a-b.example.org", "4u.example"} {
		if s, err := Parse(word); err != nil || s.Name != word {
			t.Errorf("%q is taken as %+v, %v", word, s, err)
		}
	}
}

// FuzzAccessFile reads any file. The result must admit what the file names, and read back as the
// same.
func FuzzAccessFile(f *testing.F) {
	f.Add("10.0.0.0/8 # ours\n::1\n\nlocalhost\n")
	f.Add("::ffff:1.2.3.4/120")
	f.Add("::ffff:0:0/90\n")
	f.Add("fe80::1%1\nfe80::%lo/64\nfe80::/10%1\nfe80::1%\n")
	f.Fuzz(func(t *testing.T, text string) {
		specs, err := ParseFile(text)
		if err != nil {
			return
		}
		for _, s := range specs {
			if s.Name != "" {
				continue
			}
			var a List
			a.Allow(s)
			if ok, _ := a.Admits(s.Prefix.Addr().WithZone(s.Zone)); !ok && !s.Prefix.Addr().Is4In6() {
				t.Fatalf("%v does not admit itself", s.Prefix)
			}
			text := s.Prefix.String()
			if s.Zone != "" {
				text += "%" + s.Zone
			}
			if again, err := Parse(text); err != nil || again != s {
				t.Fatalf("%v is read again as %v, %v", s, again, err)
			}
		}
	})
}

// BenchmarkAccess checks one client against a list of ten thousand ranges.
func BenchmarkAccess(b *testing.B) {
	var a List
	for i := range 10000 {
		a.Deny(Spec{Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 0}), 24)})
	}
	from := netip.MustParseAddr("2001:db8::1")
	for b.Loop() {
		a.Admits(from)
	}
}
