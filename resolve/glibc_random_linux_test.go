package resolve

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
)

// dice makes random situations from a seed.
type dice struct{ *rand.Rand }

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

// some joins up to n random words.
func (d dice) some(n int, separator string, words ...string) string {
	var list []string
	for range d.IntN(n + 1) {
		list = append(list, pick(d, words...))
	}
	return strings.Join(list, separator)
}

// randomWorlds plays random situations in every set of interfaces. A seed
// always gives the same ones.
func randomWorlds() []world {
	sets := [][]string{onlyLoopback, dualStack, onlyIPv4, onlyIPv6, manyAddresses}
	var list []world
	for i, setup := range sets {
		w := world{name: fmt.Sprint("random", i), setup: setup}
		for seed := range uint64(30) {
			d := dice{rand.New(rand.NewPCG(seed, uint64(i)))}
			w.steps = append(w.steps, d.situation(fmt.Sprint("seed ", seed)))
		}
		list = append(list, w)
	}
	return list
}

var (
	randomNames = []string{
		"alpha", "beta", "gamma", "alpha.one", "beta.one", "gamma.two", "alpha.one.test", "beta.two.test",
		"delta.test", "Alpha", "BETA.one", "alpha.", "beta.one.", "eps-1", "u_n", "localhost", "testhost",
	}
	randomLiterals = []string{"127.0.0.1", "::1", "1.2.3.4", "0x7f.1", "fe80::1%lo", "fe80::1%2",
		"::ffff:1.2.3.4", "1.2.3.4.5", "2001:db8::1", "10.1", "", "*", "a b", "x..y", "300.1.1.1",
		"face::",
		"1:2"}
	randomV4 = []string{"192.0.2.1", "192.0.2.10", "192.0.2.77", "10.1.2.3", "10.1.7.7", "10.9.0.2",
		"127.0.0.1", "127.3.2.1", "169.254.1.1", "198.51.100.1", "172.16.5.5", "0.0.0.0", "224.0.0.1"}
	randomV6 = []string{"2001:db8:1::1", "2001:db8:1::10", "2001:db8:2::1", "2001:db8:ffff::1",
		"fd00:1::1",
		"fe80::1", "fec0::1", "::1", "2002:c000:20a::9", "2001::9", "::ffff:192.0.2.1", "::ffff:10.1.2.3",
		"ff02::1", "::192.0.2.1", "::"}
)

func (d dice) address() string {
	if d.IntN(2) == 0 {
		return pick(d, randomV4...)
	}
	return pick(d, randomV6...)
}

func (d dice) situation(name string) situation {
	s := situation{name: name, files: make(map[string]string), env: make(map[string]string),
		zone: d.zone()}
	s.files["hosts"] = d.hosts()
	s.files["nsswitch.conf"] = d.nsswitch()
	s.files["resolv.conf"] = d.resolvConf()
	for _, f := range []struct {
		name string
		text func() string
		odds int
	}{{"host.conf", d.hostConf, 5}, {"gai.conf", d.gaiConf, 2}, {"services", d.services, 5}} {
		if text := f.text(); d.IntN(f.odds) > 0 {
			s.files[f.name] = text
		}
	}
	for _, v := range [][2]string{{"LOCALDOMAIN", "one.test two.test"}, {"RES_OPTIONS", "ndots:2"},
		{"RES_OPTIONS", "edns0 no-aaaa"}, {"RESOLV_MULTI", "on"}, {"HOSTALIASES", "/etc/aliases"}} {
		if d.IntN(8) == 0 {
			s.env[v[0]] = v[1]
		}
	}
	s.files["aliases"] = "alpha delta.test\nbeta gamma.two\n"
	s.hostname = pick(d, "testhost", "testhost.one.test", "alpha")
	for range 60 {
		s.questions = append(s.questions, d.question())
	}
	return s
}

func (d dice) hosts() string {
	var b strings.Builder
	for range d.IntN(14) {
		b.WriteString(pick(d, "", "", "", "", " ", "\t", "#"))
		b.WriteString(pick(d, d.address(), d.address(), d.address(), d.address(), "127.1", "fe80::1%lo",
			"junk",
			d.address()+"#"))
		b.WriteString(pick(d, " ", "\t", "  ", "\v", " \t "))
		b.WriteString(d.some(3, pick(d, " ", "\t", "\r"), randomNames...))
		b.WriteString(pick(d, "\n", "\n", "\n", " # c\n", "\r\n", "#x\n", "\n\n"))
	}
	text := b.String()
	if d.IntN(4) == 0 {
		text = strings.TrimRight(text, "\n")
	}
	return text
}

func (d dice) hostConf() string {
	return pick(d, "", "multi on\n", "multi on\n", "multi off\n", "order bind\nmulti on",
		"multi\ton\n",
		"multi on\nmulti off\n")
}

func (d dice) gaiConf() string {
	var b strings.Builder
	for range d.IntN(6) {
		prefix := pick(d, randomV6...) + "/" + pick(d, "0", "8", "16", "32", "48", "64", "96", "104",
			"120", "128")
		switch d.IntN(4) {
		case 0:
			fmt.Fprintf(&b, "label %s %d\n", prefix, d.IntN(9))
		case 1:
			fmt.Fprintf(&b, "precedence %s %d\n", prefix, d.IntN(100))
		case 2:
			fmt.Fprintf(&b, "scopev4 %s/%s %s\n", pick(d, randomV4...), pick(d, "0", "8", "16", "24", "32"),
				pick(d, "2", "5", "14"))
		default:
			b.WriteString(pick(d, "# comment\n", "label\n", "label x y\n", "precedence ::/0 x\n",
				"reload no\n",
				"\n", "scopev4 ::ffff:10.0.0.0/104 5\n"))
		}
	}
	return b.String()
}

func (d dice) nsswitch() string {
	if d.IntN(2) == 0 {
		return "hosts: files dns\n"
	}
	var b strings.Builder
	b.WriteString(pick(d, "", "passwd: files\n", "# comment\n"))
	b.WriteString(pick(d, "hosts:", "hosts:  ", " hosts:\t"))
	for range 1 + d.IntN(3) {
		b.WriteString(" " + pick(d, "files", "files", "dns", "dns", "nosuch"))
		if d.IntN(3) == 0 {
			status := pick(d, "SUCCESS", "NOTFOUND", "UNAVAIL", "TRYAGAIN", "notfound", "!SUCCESS",
				"!NOTFOUND",
				"!UNAVAIL")
			fmt.Fprintf(&b, "%s[%s=%s]", pick(d, " ", ""), status, pick(d, "return", "continue", "RETURN"))
		}
	}
	b.WriteString("\n" + pick(d, "", "services: files\n", "services: db files\n", "services: db\n"))
	return b.String()
}

func (d dice) resolvConf() string {
	var b strings.Builder
	for _, server := range d.Perm(3)[:1+d.IntN(3)] {
		fmt.Fprintf(&b, "nameserver 127.0.0.%d\n", server+1)
	}
	if d.IntN(6) == 0 {
		b.WriteString("nameserver 127.0.0.9\n")
	}
	for range d.IntN(3) {
		b.WriteString(pick(d, "search one.test\n", "search one.test two.test\n", "search test\n",
			"domain two.test\n", "search .\n", "search two.test . one.test\n", "; comment\n",
			"search two one\n"))
	}
	for range d.IntN(3) {
		b.WriteString("options " + d.some(3, " ", "ndots:0", "ndots:1", "ndots:2", "ndots:3", "edns0",
			"trust-ad",
			"use-vc", "no-aaaa", "single-request", "single-request-reopen", "no-tld-query", "attempts:1",
			"attempts:3", "timeout:2", "junk") + "\n")
	}
	if d.IntN(5) == 0 {
		fmt.Fprintf(&b, "sortlist %s/255.255.255.0 %s\n", pick(d, "192.0.2.0", "10.1.0.0"),
			pick(d, randomV4...))
	}
	return b.String()
}

func (d dice) services() string {
	var b strings.Builder
	for range d.IntN(12) {
		fmt.Fprintf(&b, "%s%s%s%s/%s %s\n", pick(d, "", "", " ", "#"),
			pick(d, "http", "dns", "web", "Web"),
			pick(d, "\t", "  "),
			pick(d, "80", "0", "8080", "0x50", "010", "70000", "x"),
			pick(d, "tcp", "tcp", "udp", "sctp", "dccp",
				"udplite", "TCP"), d.some(2, " ", "www", "alt", "http", "# c"))
	}
	return b.String()
}

// zone makes answers for random names. Some depend on the server.
func (d dice) zone() map[string]string {
	zone := make(map[string]string)
	domains := []string{"", ".test", ".one.test", ".two.test", ".one", ".two"}
	for _, name := range []string{"alpha", "beta", "gamma", "delta", "eps-1", "u_n", "alpha.one",
		"beta.one",
		"gamma.two"} {
		for _, domain := range domains {
			if d.IntN(3) == 0 {
				continue
			}
			server := ""
			if d.IntN(6) == 0 {
				server = pick(d, "1 ", "2 ", "3 ")
			}
			zone[server+name+domain+" A"] = d.reply("A")
			zone[server+name+domain+" AAAA"] = d.reply("AAAA")
		}
	}
	return zone
}

func (d dice) reply(kind string) string {
	address := func() string {
		for {
			a := d.address()
			if netip.MustParseAddr(a).Is4() == (kind == "A") {
				return " " + kind + " " + a
			}
		}
	}
	records := func() string {
		var b strings.Builder
		for range 1 + d.IntN(4) {
			b.WriteString(address())
		}
		return b.String()
	}
	switch d.IntN(24) {
	case 0, 1:
		return "nodata"
	case 2:
		return "nxdomain"
	case 3:
		return "servfail"
	case 4:
		return "refused"
	case 5:
		return "formerr"
	case 6:
		return "notimp"
	case 7:
		return "lame"
	case 8:
		return "CNAME " + pick(d, "real.test", "Real.Test", "-x.test", "a@b.test") + records()
	case 9:
		return "CNAME real.test"
	case 10:
		return "CNAME real.test CNAME final.test" + records()
	case 11:
		return "tc" + records()
	case 12:
		return "tc close"
	case 13:
		return "tc tcpservfail" + records()
	case 14:
		return "owner=other.test" + records()
	case 15:
		return "TXT text" + records()
	case 16:
		return "class=3" + records()
	case 17:
		return "wrongid wrongname" + records()
	case 18:
		return "bare " + pick(d, "refused", "servfail")
	case 19:
		return "cut=1" + records()
	}
	return records()
}

func (d dice) question() question {
	q := question{Hints: Hints{
		Flags: pick(d, 0, 0, CanonName, V4Mapped, V4Mapped|All, AddrConfig, AddrConfig|CanonName|V4Mapped,
			Passive, NumericHost, IDN|CanonName, CanonIDN|CanonName),
		Family:   pick(d, Unspec, Unspec, INET, INET6),
		SockType: pick(d, SockStream, SockStream, 0, SockDgram, SockRaw, SockSeqpacket),
	}}
	if d.IntN(8) == 0 {
		q.Hints.Protocol = pick(d, ProtoTCP, ProtoUDP, ProtoSCTP, 1)
	}
	switch d.IntN(10) {
	case 0:
		q.Node = text(pick(d, randomLiterals...))
	case 1:
	default:
		q.Node = text(pick(d, randomNames...))
	}
	if q.Node == nil || d.IntN(3) == 0 {
		q.Service = text(pick(d, "80", "http", "dns", "web", "Web", "www", "alt", "", "0", "nosuch"))
	}
	return q
}
