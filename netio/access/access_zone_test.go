package access

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"
)

// loopbackLink returns the name and the index of an interface that every system has.
func loopbackLink(t *testing.T) (name, index string) {
	t.Helper()
	list, err := net.Interfaces()
	must(t, err)
	for _, i := range list {
		if i.Flags&net.FlagLoopback != 0 {
			return i.Name, strconv.Itoa(i.Index)
		}
	}
	t.Skip("no loopback interface")
	return "", ""
}

func TestAccessZones(t *testing.T) {
	name, index := loopbackLink(t)
	for _, row := range []struct{ spec, in, out string }{
		{"fe80::1%LO", "fe80::1%LO", "fe80::1 fe80::1%other fe80::2%LO"},
		{"fe80::1%INDEX", "fe80::1%LO", "fe80::1 fe80::1%other"},
		{"fe80::%LO/64", "fe80::1%LO fe80::2%LO", "fe80::1%other fe80:0:0:1::1%LO ::1"},
		{"fe80::/10%LO", "fe80::1%LO febf::1%LO", "fe80::1%other fec0::1%LO"},
		{"fe80::/10", "fe80::1%LO fe80::1%other fe80::1", "::1"},
	} {
		real := strings.NewReplacer("LO", name, "INDEX", index).Replace
		var allow, deny List
		allow.Allow(mustSpec(t, real(row.spec)))
		deny.Deny(mustSpec(t, real(row.spec)))
		for in, words := range map[bool]string{true: row.in, false: row.out} {
			for _, word := range strings.Fields(real(words)) {
				addr := netip.MustParseAddr(word)
				if ok, _ := allow.Admits(addr); ok != in {
					t.Errorf("--allow %s: %s: %v", row.spec, word, ok)
				}
				if ok, _ := deny.Admits(addr); ok == in {
					t.Errorf("--deny %s: %s: %v", row.spec, word, ok)
				}
			}
		}
	}
}

func TestAccessOneFamily(t *testing.T) {
	name, _ := loopbackLink(t)
	for _, row := range []struct {
		deny   string
		denied string // "": not one family
	}{
		{"", ""},
		{"0.0.0.0/0", "0.0.0.0/0"},
		{"::/0", "::/0"},
		{"::/0 10.0.0.0/8", "::/0"},
		{"0.0.0.0/0 ::/0", ""},
		{"128.0.0.0/1 0.0.0.0/1", "0.0.0.0/0"},
		{"0.0.0.0/2 64.0.0.0/2 128.0.0.0/1 10.0.0.0/8", "0.0.0.0/0"},
		{"0.0.0.0/1 192.0.0.0/2", ""},
		{"0.0.0.1/32 128.0.0.0/1", ""},
		{"::/1 8000::/1", "::/0"},
		{"::/1 8000::/2 c000::/3", ""},
		{"::ffff:0:0/96", "0.0.0.0/0"},
		{"fe80::/10%" + name, ""},
	} {
		var a List
		for _, word := range strings.Fields(row.deny) {
			a.Deny(mustSpec(t, word))
		}
		denied, other, one := a.OneFamily()
		if one != (row.denied != "") || one && (denied.String() != row.denied || other.Addr().Is4() == denied.Addr().Is4()) {
			t.Errorf("--deny %q: %v, %v, %v", row.deny, denied, other, one)
		}
		a.Allow(mustSpec(t, "::1"))
		if _, _, one := a.OneFamily(); one {
			t.Errorf("--deny %q --allow ::1: one family", row.deny)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
