package resolve

import "slices"

// text makes a node or a service.
func text(s string) *string { return &s }

// ask makes a question for each node, with the same hints.
func ask(h Hints, nodes ...string) []question {
	list := make([]question, len(nodes))
	for i, n := range nodes {
		list[i] = question{Node: text(n), Hints: h}
	}
	return list
}

// fewFamilies asks for nodes in every family, with a canonical name in some.
func fewFamilies(nodes ...string) []question {
	var list []question
	for _, h := range []Hints{
		{Flags: CanonName}, {Family: INET}, {Family: INET, Flags: CanonName}, {Family: INET6},
		{Family: INET6,
			Flags: V4Mapped | CanonName},
	} {
		h.SockType = SockStream
		list = append(list, ask(h, nodes...)...)
	}
	return list
}

// everyFamily asks for nodes in every family and combination of mapping flags,
// with and without a canonical name.
func everyFamily(nodes ...string) []question {
	var list []question
	for _, h := range []Hints{
		{}, {Flags: CanonName},
		{Family: INET}, {Family: INET, Flags: CanonName},
		{Family: INET6}, {Family: INET6, Flags: CanonName},
		{Family: INET6, Flags: V4Mapped}, {Family: INET6, Flags: V4Mapped | All},
		{Family: INET6, Flags: V4Mapped | All | CanonName}, {Flags: V4Mapped | All},
	} {
		h.SockType = SockStream
		list = append(list, ask(h, nodes...)...)
	}
	return list
}

// Interfaces of the worlds.
var (
	onlyLoopback = []string{}
	dualStack    = []string{
		"ip link add v0 type veth peer name v1",
		"ip link set v0 up", "ip link set v1 up",
		"ip addr add 192.0.2.10/24 dev v0",
		"ip addr add 2001:db8:1::10/64 dev v0 nodad",
		"ip route add default via 192.0.2.1",
		"ip -6 route add default via 2001:db8:1::1 dev v0",
	}
	onlyIPv4 = []string{
		"ip link add v0 type veth peer name v1",
		"-sysctl -qw net.ipv6.conf.v0.disable_ipv6=1", "-sysctl -qw net.ipv6.conf.v1.disable_ipv6=1",
		"ip link set v0 up", "ip link set v1 up",
		"ip addr add 192.0.2.10/24 dev v0",
		"ip addr add 10.1.2.3/20 dev v1",
		"ip route add default via 192.0.2.1",
	}
	onlyIPv6 = []string{
		"ip link add v0 type veth peer name v1",
		"ip link set v0 up", "ip link set v1 up",
		"ip addr add 2001:db8:1::10/64 dev v0 nodad",
		"ip -6 route add default via 2001:db8:1::1 dev v0",
	}
	manyAddresses = []string{
		"ip link add v0 type veth peer name v1",
		"ip link add w0 type veth peer name w1",
		"ip link set v0 up", "ip link set v1 up", "ip link set w0 up", "ip link set w1 up",
		"ip addr add 192.0.2.10/24 dev v0", "ip addr add 10.1.2.3/20 dev w0",
		"ip addr add 10.9.0.1 peer 10.9.0.2/32 dev v1",
		"ip addr add 2001:db8:1::10/64 dev v0 nodad",
		"ip addr add 2001:db8:2::10/64 dev w0 nodad preferred_lft 0",
		"ip addr add fd00:1::10/48 dev w0 nodad",
		"ip addr add 2002:c000:20a::1/48 dev v1 nodad",
		"-ip addr add 2001:db8:3::10/64 dev v1 nodad home",
		"ip route add 172.16.0.0/12 dev v1 src 10.9.0.1",
		"ip -6 route add default via 2001:db8:1::1 dev v0",
		"ip -6 route add 2001:db8:2::/48 dev w0 src 2001:db8:2::10",
		"-ip link add s0 type sit remote 192.0.2.77 local 192.0.2.10", "-ip link set s0 up",
		"-ip addr add 2001:db8:5::10/64 dev s0 nodad",
	}
)

const stockNSSwitch = "hosts: files dns\nservices: db files\n"

const stockHosts = "127.0.0.1\tlocalhost\n" +
	"127.0.1.1\ttesthost.example.com\ttesthost\n\n" +
	"# The following lines are desirable for IPv6 capable hosts\n" +
	"::1     localhost ip6-localhost ip6-loopback\n" +
	"ff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n"

// numericNodes are nodes in digits, and some that only look so.
var numericNodes = []string{
	"127.0.0.1", "127.1", "127.0.1", "1", "0", "4294967295", "4294967296", "0x7f000001",
	"017700000001", "0x7f.1", "0177.0.0.1", "1.2.3.0x4", "1.2.3.4.5", "1.2.3.4.", "1.2.3.256",
	"256.1.1.1", "1.2.65536", "1.2.65535", "1.16777216", "1.16777215", "08.1.1.1", "0x", "0x.1",
	"1..2", ".1", "1.", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4x", "+1.2.3.4", "-1", "1.2.-3.4", "0xffffffff",
	"0x100000000", "00000000000000000001.2.3.4", "::", "::1", "1::", "::1:2", "1:2:3:4:5:6:7:8",
	"1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8::", "1:2:3:4:5:6:7",
	":1", "1:", ":::", "1:::2", "1::2::3", "::ffff:1.2.3.4", "::1.2.3.4", "::1.2.3", "::01.2.3.4",
	"::ffff:1.2.3.4.", "1:2:3:4:5:6:1.2.3.4",
	"1:2:3:4:5:6:7:1.2.3.4", "::12345", "::g", "2001:DB8::A", "fe80::1", "fe80::1%lo", "fe80::1%1",
	"fe80::1%nosuch", "fe80::1%", "fe80::1%0",
	"fe80::1%4294967295", "fe80::1%4294967296", "fe80::1%99", "fe80::1%1x", "fe80::1% 1", "fe80::1%+1",
	"fe80::1%-1", "fe80::1%lo%lo",
	"::1%lo", "::1%1", "2001:db8::1%7", "2001:db8::1%lo", "ff01::1%lo", "ff02::1%lo", "ff05::1%lo",
	"ff12::1%lo", "ff11::1%lo", "fec0::1%lo", "febf::1%lo", "::ffff:1.2.3.4%1", "::ffff:1.2.3.4%lo",
	"::ffff:254.128.0.1%lo", "1.2.3.4%1", "%1", "lo%1", "::1%01", "", ".", "..", "x y", "-x", "a..b",
}

// worlds lists all worlds. Order and number must not depend on anything: the
// process in the namespaces finds its world by its name.
func worlds() []world {
	list := []world{
		{name: "loopback", setup: onlyLoopback, steps: slices.Concat(literalSteps(), hintSteps(),
			serviceSteps(),
			hostsSteps(), nsswitchSteps())},
		{name: "dual", setup: dualStack, steps: slices.Concat(hintSteps(), getentSteps(), dnsSteps())},
		{name: "ipv4", setup: onlyIPv4, steps: slices.Concat(hintSteps(), sortSteps()[:5])},
		{name: "ipv6", setup: onlyIPv6, steps: slices.Concat(hintSteps(), sortSteps()[:5])},
		{name: "both", setup: dualStack, steps: sortSteps()[:5]},
		{name: "many", setup: manyAddresses, steps: sortSteps()},
	}
	return slices.Concat(list, slowWorlds(), moduleWorlds(), randomWorlds(), longWorlds())
}

func literalSteps() []situation {
	files := map[string]string{"nsswitch.conf": "hosts: files\n", "hosts": stockHosts}
	var qs []question
	for _, h := range []Hints{
		{}, {Family: INET}, {Family: INET6}, {Family: INET6, Flags: V4Mapped},
		{Family: INET6, Flags: V4Mapped | All},
		{Flags: CanonName | NumericHost}, {Flags: AddrConfig}, {Family: INET, Flags: AddrConfig},
		{Family: INET6,
			Flags: AddrConfig},
		{Family: INET, Flags: CanonName | IDN},
	} {
		h.SockType = SockStream
		qs = append(qs, ask(h, numericNodes...)...)
	}
	return []situation{{name: "literals", files: files, questions: qs}}
}

// hintSteps are about hints, and about what the interfaces make of them.
func hintSteps() []situation {
	files := map[string]string{"nsswitch.conf": "hosts: files\n", "hosts": stockHosts}
	var qs []question
	for _, flags := range []Flags{0, Passive, AddrConfig, Passive | AddrConfig, V4Mapped, CanonName,
		NumericHost,
		0x800, 0x100, 0x200, 0x400, 0x1000, -1} {
		for _, family := range []int{Unspec, INET, INET6, 1, 3} {
			h := Hints{Flags: flags, Family: family}
			qs = append(qs,
				question{Hints: h}, question{Node: text("*"), Hints: h}, question{Node: text("*"),
					Service: text("*"), Hints: h},
				question{Service: text("80"), Hints: h}, question{Service: text(""), Hints: h},
				question{Service: text("*"), Hints: h},
				question{Node: text("127.0.0.1"), Service: text("*"), Hints: h},
				question{Node: text("localhost"),
					Hints: h},
				question{Node: text("::1"), Service: text("http"), Hints: h}, question{Node: text("*"),
					Service: text("80"), Hints: h})
		}
	}
	return []situation{{name: "hints", files: files, questions: qs}}
}

const someServices = `# comment
http		80/tcp		www	# World Wide Web
   indented	81/tcp
http		8080/tcp
http		80/udp
domain		53/tcp
domain 53/udp alias#comment
octal		010/tcp
hex		0x50/tcp
big		65537/tcp
huge		4294967296/tcp
zero		0/tcp
negative	-1/tcp
plus		+90/tcp
noproto		80
nothing
slashes		82//tcp
blank		83/ tcp
junk		84x/tcp
upper		85/TCP
amqp		5672/tcp
amqp		5672/sctp
rtp		5004/dccp
lite		99/udplite
Case		86/tcp	CaseAlias
tabs	87/tcp	one	two three
80		8888/tcp
  last		88/tcp  end`

func serviceSteps() []situation {
	names := []string{
		"80", "0", "65535", "65536", "65537", "99999999999", "4294967376", "-1", "2147483648",
		"2147483647", " 80", "+80", "80 ", "080", "0x50",
		"", "18446744073709551615", "18446744073709551616", "-4294967216", "- 80", "80x", "\t80", "\v80",
		"+", "-", " ",
		"http", "HTTP", "www", "indented", "domain", "alias", "octal", "hex", "big", "huge", "zero",
		"negative", "plus", "noproto", "nothing", "slashes", "blank", "junk", "upper", "amqp", "rtp",
		"lite", "Case", "case", "CaseAlias", "casealias", "one", "two", "three", "tabs",
		"last", "end", "endd", "nosuch", "#", "comment", "http ", "ssh",
	}
	var qs []question
	for _, h := range []Hints{
		{}, {SockType: SockStream}, {SockType: SockDgram}, {SockType: SockRaw}, {SockType: SockSeqpacket},
		{SockType: SockDCCP},
		{SockType: SockStream, Protocol: ProtoTCP}, {SockType: SockStream, Protocol: ProtoSCTP},
		{SockType: SockStream, Protocol: ProtoUDP},
		{Protocol: ProtoUDP}, {Protocol: ProtoSCTP}, {Protocol: ProtoUDPLite}, {Protocol: ProtoDCCP},
		{Protocol: 1}, {SockType: SockRaw, Protocol: 89},
		{SockType: 4}, {SockType: 77}, {SockType: 77, Protocol: 6}, {Protocol: 999}, {Flags: NumericServ},
		{Flags: NumericServ, SockType: SockStream},
		{Protocol: -1}, {SockType: -1}, {Flags: NumericServ, SockType: 77},
	} {
		for _, s := range names {
			qs = append(qs, question{Node: text("192.0.2.1"), Service: text(s), Hints: h})
		}
		qs = append(qs, question{Node: text("192.0.2.1"), Hints: h},
			question{Service: text("http"), Hints: h})
	}
	few := []question{}
	for _, s := range []string{"http", "80", "nosuch"} {
		for _, kind := range []int{0, SockStream} {
			few = append(few, question{Node: text("192.0.2.1"), Service: text(s),
				Hints: Hints{SockType: kind}})
		}
	}
	list := []situation{
		{name: "services", files: map[string]string{"nsswitch.conf": stockNSSwitch,
			"services": someServices},
			questions: qs},
		{name: "no services file", files: map[string]string{"nsswitch.conf": stockNSSwitch},
			questions: few},
	}
	for _, line := range []string{
		"", "services:\n", "services: files\n", "services: db files\n", "services: db\n",
		"services: nosuch files\n", "services: db [UNAVAIL=return] files\n",
		"services: files [SUCCESS=continue] db\n", "services: files [SUCCESS=continue] files\n",
		"services: dns files\n", "services: files [bad]\n",
		"services: nosuch [UNAVAIL=return] files\n", "services: files\nservices: db\n", "SERVICES: db\n",
		"hosts: files [x\nservices: files\n",
		"services: files [!NOTFOUND=return] db\n", "services: files",
		"services: files [NOTFOUND=return] nosuch\n", "services: files [SUCCESS=continue] nosuch\n",
		"services: files [SUCCESS=merge] nosuch\n", "services: files [SUCCESS=merge]\n",
	} {
		list = append(list, situation{name: "services by " + line,
			files: map[string]string{"nsswitch.conf": line,
				"services": someServices}, questions: few})
	}
	return list
}

const oddHosts = "10.0.0.1 one One.Example uno\n" +
	"10.0.0.2\tone\n2001:db8::1 one six\n" +
	"::ffff:10.0.0.3 mappedhost\n::1 loop6\n127.0.0.1 loop4\n" +
	"10.0.0.4%1 scoped\nfe80::1%lo scoped\n127.1 short\n0x7f.1 hexa\n" +
	"10.0.0.5\vvt\fff\rcr \n   10.0.0.6 indented # comment two\n10.0.0.7 hash#tag\n" +
	"#10.0.0.8 commented\n10.0.0.9\n10.0.0.10 dotted.\n10.0.0.11 MiXeD.Case aliasM\n10.0.0.12 " +
	"\xc3\xbcml\xc3\xa4ut\n" +
	"bad line here\n10.0.0.300 toobig\n2001:db8::2 both\n10.0.0.13 both\n2001:db8::3 both\n" +
	"::ffff:10.0.0.14 both\n::1 both\n" +
	"10.0.0.15 dup\n10.0.0.15 dup\n10.0.0.16 xdup dup\n fe80::2 ll\nff02::1 mc\n::ffff:10.0.0.17 " +
	"onlymapped\n10.0.0.18 last lastalias"

func hostsSteps() []situation {
	names := []string{
		"one", "ONE", "one.example", "uno", "six", "mappedhost", "loop6", "loop4", "scoped", "short",
		"hexa", "vt", "ff", "cr", "indented", "comment",
		"hash", "tag", "commented", "dotted", "dotted.", "mixed.case", "aliasm", "\u00fcml\u00e4ut",
		"\u00dcml\u00e4ut", "toobig", "both", "dup", "xdup", "ll", "mc", "onlymapped",
		"last", "lastalias", "localhost", "nosuch", "one.", "", "here", "line",
	}
	qs := everyFamily(names...)
	var list []situation
	for _, multi := range []string{"", "multi on\n", "multi off\n", "  MULTI   ON junk # x\n",
		"order hosts,bind\nmulti on # c\n", "multi,on\n", "multi\n", "multi once", "#multi on\n",
		"multi on\nmulti off\n"} {
		few := qs
		if multi != "multi on\n" && multi != "" {
			few = everyFamily("one", "both", "dup")
		}
		list = append(list, situation{name: "hosts, " + multi,
			files: map[string]string{"nsswitch.conf": "hosts: files\n", "hosts": oddHosts,
				"host.conf": multi},
			questions: few})
	}
	base := map[string]string{"nsswitch.conf": "hosts: files\n", "hosts": oddHosts}
	for _, env := range []map[string]string{
		{"RESOLV_MULTI": "on"}, {"RESOLV_MULTI": "off"}, {"RESOLV_MULTI": "ON"}, {"RESOLV_MULTI": "x"},
		{"RESOLV_HOST_CONF": "/etc/aliases"}, {"RESOLV_HOST_CONF": ""},
		{"RESOLV_HOST_CONF": "/etc/aliases", "RESOLV_MULTI": "off"},
		{"RESOLV_REORDER": "on", "RESOLV_MULTI": "on"},
	} {
		files := map[string]string{"nsswitch.conf": base["nsswitch.conf"], "hosts": oddHosts,
			"aliases": "multi on\n"}
		list = append(list, situation{name: "hosts by environment", files: files, env: env,
			questions: everyFamily("one", "both", "dup", "six")})
	}
	return append(list,
		situation{name: "stock hosts", files: map[string]string{"nsswitch.conf": stockNSSwitch,
			"hosts": stockHosts, "host.conf": "multi on\n"},
			questions: everyFamily("localhost", "testhost", "ip6-localhost", "ip6-allnodes", "LOCALHOST",
				"localhost.")},
		situation{name: "no files at all", questions: everyFamily("localhost", "127.0.0.1")},
		situation{name: "no hosts file", files: map[string]string{"nsswitch.conf": "hosts: files\n"},
			questions: everyFamily("localhost")},
		situation{name: "no hosts file, resolv.conf",
			files: map[string]string{"nsswitch.conf": "hosts: files\n",
				"resolv.conf": "", "host.conf": ""}, questions: everyFamily("localhost")},
	)
}
