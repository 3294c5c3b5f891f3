package resolve

import (
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
	"testing"
)

const stockHostsFile = "127.0.0.1\tlocalhost\n::1     localhost ip6-localhost ip6-loopback\n"

func mustAddr(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestStrtoul(t *testing.T) {
	for _, c := range []struct {
		text string
		base int
		n    uint64
		rest string
		over bool
	}{
		{"80", 10, 80, "", false}, {" +80x", 10, 80, "x", false}, {"-1", 10, 1<<64 - 1, "", false},
		{"", 10, 0,
			"", false}, {"x", 10, 0, "x", false},
		{"0x1f", 0, 31, "", false}, {"0x", 0, 0, "x", false}, {"017", 0, 15, "", false},
		{"08", 0, 0, "8", false},
		{"18446744073709551615", 10, 1<<64 - 1, "", false},
		{"18446744073709551616", 10, 1<<64 - 1, "", true}, {"- 1", 10, 0, "- 1", false},
		{"0x1f", 10, 0, "x1f", false},
	} {
		n, rest, over := strtoul(c.text, c.base)
		if n != c.n || rest != c.rest || over != c.over {
			t.Errorf("strtoul(%q, %d) = %d, %q, %v", c.text, c.base, n, rest, over)
		}
	}
}

func TestErrors(t *testing.T) {
	for code, want := range map[int]string{
		EAINoName: "EAI_NONAME Name or service not known", EAIOverflow: "EAI_OVERFLOW Unknown error",
		EAIIDNEncode: "EAI_IDN_ENCODE Parameter string not correctly encoded", -77: "-77 Unknown error",
	} {
		e := &Error{Code: code}
		if got := e.Name() + " " + e.Error(); got != want {
			t.Errorf("%d: %s", code, got)
		}
	}
}

// orderOf sorts addresses with sources in text, "-" for none.
func orderOf(rules func(x, y *candidate) (int, Rule), p policy, pairs ...string) string {
	var dst []netip.AddrPort
	var sources []netip.Addr
	for _, pair := range pairs {
		d, s, _ := strings.Cut(pair, "<")
		dst = append(dst, netip.AddrPortFrom(mustAddr(d), 0))
		var source netip.Addr
		if s != "-" {
			source = mustAddr(s)
		}
		sources = append(sources, source)
	}
	f := facts{sources: sources, policy: p, native: func() map[uint32]bool { return nil }}
	var words []string
	for _, pl := range order(candidates(dst, f), rules) {
		words = append(words, fmt.Sprintf("%v/%d", dst[pl.input].Addr(), pl.rule))
	}
	return strings.Join(words, " ")
}

// TestOrder has an example for each rule, and the number of the rule.
func TestOrder(t *testing.T) {
	glibc := policy{glibcLabels, glibcPrecedence, defaultScopes}
	rfc := policy{rfc6724Labels, rfc6724Precedence, defaultScopes}
	for _, c := range []struct {
		rules func(x, y *candidate) (int, Rule)
		p     policy
		pairs string
		want  string
	}{
		{glibcRules, glibc, "2001:db8::1<- 192.0.2.1<192.0.2.2", "192.0.2.1/0 2001:db8::1/1"},
		{glibcRules, glibc, "2001:db8::1<fe80::1 192.0.2.1<192.0.2.2", "192.0.2.1/0 2001:db8::1/2"},
		{glibcRules, glibc, "2002::1<2001:db8::2 2001:db8::1<2001:db8::2", "2001:db8::1/0 2002::1/5"},
		{glibcRules, glibc, "192.0.2.1<192.0.2.2 2001:db8::1<2001:db8::2", "2001:db8::1/0 192.0.2.1/6"},
		{glibcRules, glibc, "2001:db8::1<2001:db9::2 fd00::1<fd00::2", "fd00::1/0 2001:db8::1/9"},
		{rfc6724Rules, rfc, "fd00::1<fd00::2 192.0.2.1<192.0.2.2", "192.0.2.1/0 fd00::1/6"},
		{glibcRules, glibc, "fd00::1<fd00::2 192.0.2.1<192.0.2.2", "fd00::1/0 192.0.2.1/6"},
		{glibcRules, glibc, "2001:db8::1<2001:db8::2 fe80::1<fe80::2", "fe80::1/0 2001:db8::1/8"},
		{glibcRules, glibc, "192.0.2.1<192.0.2.9 192.0.2.2<192.0.2.9", "192.0.2.1/0 192.0.2.2/10"},
	} {
		if got := orderOf(c.rules, c.p, strings.Fields(c.pairs)...); got != c.want {
			t.Errorf("%s: %s, want %s", c.pairs, got, c.want)
		}
	}
}

func TestSortKeepsTies(t *testing.T) {
	r := isolated(nil)
	list := []netip.AddrPort{netip.MustParseAddrPort("192.0.2.2:1"),
		netip.MustParseAddrPort("192.0.2.1:1"),
		netip.MustParseAddrPort("[2001:db8::1]:1")}
	got := fmt.Sprint(r.Sort(list))
	if got != "[[2001:db8::1]:1 192.0.2.2:1 192.0.2.1:1]" {
		t.Error(got)
	}
	why := r.explain(list)
	if why[0].Rule != RuleNone || why[1].Rule != RulePrecedence || why[2].Rule != RuleUnchanged ||
		!why[0].Source.IsValid() {
		t.Errorf("%+v", why)
	}
}

// TestNoFiles: an address in digits opens no file and asks no interface.
func TestNoFiles(t *testing.T) {
	r := &Resolver{Root: panicFS{}, Interfaces: nil,
		Getenv: func(string) (string, bool) { panic("environment") }}
	for _, node := range []string{"192.0.2.1", "::1", "127.1"} {
		if _, err := r.Getaddrinfo(t.Context(), &node, nil, Hints{}); err != nil {
			t.Error(node, err)
		}
	}
}

func BenchmarkOrder(b *testing.B) {
	for _, n := range []int{2, 8, 64} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dst := make([]netip.AddrPort, n)
			for i := range dst {
				a := netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})
				if i%2 == 0 {
					a = netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 15: byte(i)})
				}
				dst[i] = netip.AddrPortFrom(a, 80)
			}
			f := facts{
				sources: fakeProber{}.Sources(dst), policy: policy{glibcLabels, glibcPrecedence, defaultScopes},
				native: func() map[uint32]bool { return nil },
			}
			b.ReportAllocs()
			for b.Loop() {
				order(candidates(dst, f), glibcRules)
			}
		})
	}
}

// panicFS is a tree that must not be touched.
type panicFS struct{}

func (panicFS) Open(name string) (fs.File, error) { panic("opened " + name) }
