package resolve

import (
	"fmt"
	"slices"
	"strings"
)

// dnsFiles are the files for questions to the fake name servers.
func dnsFiles(resolvConf string) map[string]string {
	return map[string]string{"nsswitch.conf": "hosts: files dns\n", "hosts": "127.0.0.1 localhost\n",
		"host.conf": "multi on\n", "resolv.conf": resolvConf}
}

// commonZone has a name for each kind of answer.
var commonZone = map[string]string{
	"both.test a":    "",
	"both.test A":    "A 192.0.2.1 A 192.0.2.2",
	"both.test AAAA": "AAAA 2001:db8::1 AAAA 2001:db8::2",
	"v4.test A":      "A 192.0.2.3", "v4.test AAAA": "nodata",
	"v6.test AAAA": "AAAA 2001:db8::3", "v6.test A": "nodata",
	"nodata.test *": "nodata", "servfail.test *": "servfail", "refused.test *": "refused",
	"formerr.test *": "formerr", "notimp.test *": "notimp",
	"rcode6.test *": "rcode=6", "lame.test *": "lame", "nora.test *": "nodata nora aa",
	"mapped.test AAAA": "AAAA ::ffff:192.0.2.9 AAAA 2001:db8::9", "mapped.test A": "A 192.0.2.9",
	"onlymapped.test AAAA": "AAAA ::ffff:192.0.2.9", "onlymapped.test A": "A 192.0.2.8",
	"cname.test A":    "CNAME Target.Test A 192.0.2.4",
	"cname.test AAAA": "CNAME Target.Test AAAA 2001:db8::4",
	"chain.test *":    "CNAME b.test CNAME c.test CNAME d.test",
	"chain4.test A":   "CNAME b.test CNAME c_d.test A 192.0.2.5", "chain4.test AAAA": "nodata",
	"loop.test *": "CNAME loop.test CNAME loop.test", "selfloop.test A": "POINTER x A 192.0.2.6",
	"selfloop.test AAAA":   "POINTER x",
	"badtarget.test A":     "CNAME -bad.test A 192.0.2.7",
	"badtarget.test AAAA":  "CNAME b@d.test AAAA 2001:db8::7",
	"badthengood.test *":   "CNAME b@d.test CNAME good.test A 192.0.2.7 AAAA 2001:db8::7",
	"wrongowner.test A":    "owner=other.test A 192.0.2.10",
	"wrongowner.test AAAA": "AAAA 2001:db8::a owner=other.test AAAA 2001:db8::b",
	"othertypes.test A":    "TXT hello A 192.0.2.11 AAAA 2001:db8::11",
	"othertypes.test AAAA": "A 192.0.2.11 TXT hello AAAA 2001:db8::11",
	"shorta.test A":        "SHORTA abc A 192.0.2.12", "shorta.test AAAA": "nodata",
	"onlyshort.test A":    "SHORTA abcde",
	"onlyshort.test AAAA": "nodata",
	"class.test A":        "class=3 A 192.0.2.13", "class.test AAAA": "class=3 AAAA 2001:db8::13",
	"cut.test A": "A 192.0.2.14 A 192.0.2.15 cut=3", "cut.test AAAA": "AAAA 2001:db8::14",
	"cut6.test AAAA": "AAAA 2001:db8::14 AAAA 2001:db8::15 cut=3", "cut6.test A": "A 192.0.2.14",
	"cutboth.test *": "A 192.0.2.1 cut=2", "badname.test A": "BADNAME x A 192.0.2.1",
	"badname.test AAAA": "AAAA 2001:db8::1",
	"tc.test A":         "tc A 192.0.2.16", "tc.test AAAA": "tc AAAA 2001:db8::16",
	"tca.test A":     "tc A 192.0.2.17",
	"tca.test AAAA":  "AAAA 2001:db8::17",
	"tcclose.test *": "tc close", "tcnx.test *": "tc nxdomain", "tcservfail.test *": "tc tcservfail",
	"nx4.test A": "nxdomain", "nx4.test AAAA": "AAAA 2001:db8::18", "nx6.test A": "A 192.0.2.18",
	"nx6.test AAAA": "nxdomain",
	"sf4.test A":    "servfail", "sf4.test AAAA": "AAAA 2001:db8::19", "sf6.test A": "A 192.0.2.19",
	"sf6.test AAAA": "servfail",
	"rf4.test A":    "refused", "rf4.test AAAA": "AAAA 2001:db8::20", "rf6.test A": "A 192.0.2.20",
	"rf6.test AAAA": "refused",
	"fe4.test A":    "formerr", "fe4.test AAAA": "AAAA 2001:db8::21", "fe6.test A": "A 192.0.2.21",
	"fe6.test AAAA": "formerr",
	"ni4.test A":    "notimp", "ni4.test AAAA": "AAAA 2001:db8::22", "ni6.test A": "A 192.0.2.22",
	"ni6.test AAAA": "notimp",
	"sfnx.test A":   "servfail", "sfnx.test AAAA": "nxdomain", "nxsf.test A": "nxdomain",
	"nxsf.test AAAA": "servfail",
	"sfnd.test A":    "servfail", "sfnd.test AAAA": "nodata", "ndsf.test A": "nodata",
	"ndsf.test AAAA": "servfail", "nxnd.test A": "nxdomain", "nxnd.test AAAA": "nodata",
	"ndnx.test A": "nodata", "ndnx.test AAAA": "nxdomain", "fend.test A": "formerr",
	"fend.test AAAA": "nodata", "ndfe.test A": "nodata", "ndfe.test AAAA": "formerr",
	"fenx.test A": "formerr", "fenx.test AAAA": "nxdomain",
	"rfnd.test A": "refused", "rfnd.test AAAA": "nodata", "lame4.test A": "lame",
	"lame4.test AAAA": "AAAA 2001:db8::23", "lame6.test A": "A 192.0.2.23", "lame6.test AAAA": "lame",
	"cn4.test A": "CNAME x.test", "cn4.test AAAA": "CNAME x.test AAAA 2001:db8::24",
	"cnnd.test A": "CNAME x.test", "cnnd.test AAAA": "nodata",
	"cnnx.test A": "nxdomain CNAME x.test", "cnnx.test AAAA": "nxdomain CNAME x.test",
	"nxdata.test A": "nxdomain A 192.0.2.24", "nxdata.test AAAA": "nxdomain AAAA 2001:db8::25",
	"aafirst.test A": "delay=60ms A 192.0.2.25", "aafirst.test AAAA": "AAAA 2001:db8::25",
	"aafirstc.test A":    "delay=60ms CNAME late.test A 192.0.2.25",
	"aafirstc.test AAAA": "CNAME early.test AAAA 2001:db8::25",
	"wrongid.test A":     "wrongid A 192.0.2.26", "wrongid.test AAAA": "wrongname AAAA 2001:db8::26",
	"wrongtype.test A":    "wrongtype A 192.0.2.26",
	"wrongtype.test AAAA": "wrongclass AAAA 2001:db8::26", "bareref.test *": "bare refused",
	"baresf.test *": "bare servfail", "short.test *": "short", "big.test A": "pad=40 A 192.0.2.27",
	"big.test AAAA": "pad=100 AAAA 2001:db8::27",
	"many.test A": "A 192.0.2.31 A 10.0.0.1 A 192.0.2.30 A 172.16.0.1 A 10.1.2.4 A " +
		"198.51.100.1 A 127.0.0.1",
	"many.test AAAA": "AAAA 2001:db8:1::7 AAAA fd00::1 AAAA 2002:c000:201::1 AAAA 2001::1 AAAA " +
		"fe80::5 AAAA ::1",
	"under_score.test A": "A 192.0.2.28", "under_score.test AAAA": "nodata",
	"-dash.test *": "A 192.0.2.1 AAAA ::1", "b@d.test *": "A 192.0.2.1 AAAA ::1",
	"sp\\032ace.test *": "A 192.0.2.1", "1.2.3.4.5 A": "A 192.0.2.29", "1.2.3.4.5 AAAA": "nodata",
	"256.1.1.1 *": "nodata", "xn--mller-kva.test A": "A 192.0.2.33",
	"xn--mller-kva.test AAAA": "nodata", "cnidn.test A": "CNAME Foo.XN--MLLER-KVA.Test A 192.0.2.34",
	"cnidn.test AAAA": "nodata", "cnsign.test A": "CNAME xn--a-ecp.Test A 192.0.2.35",
	"cnsign.test AAAA": "nodata", "host A": "A 192.0.2.40", "host AAAA": "nodata",
	"host.one.test A": "A 192.0.2.41", "host.one.test AAAA": "nodata",
	"sub.host.two.test A": "A 192.0.2.42", "sub.host.two.test AAAA": "AAAA 2001:db8::42",
	"nd.one.test *": "nodata", "nd.two.test *": "nxdomain", "nd *": "nxdomain",
	"sf.one.test *": "servfail",
	"sf.two.test A": "A 192.0.2.43", "sf.two.test AAAA": "nodata",
	"sfx.one.test *": "servfail", "rfx.one.test *": "refused", "rfx.two.test A": "A 192.0.2.44",
	"rfx.two.test AAAA": "nodata", "fex.one.test *": "formerr", "fex.two.test A": "A 192.0.2.44",
	"fex A": "A 192.0.2.45", "fex AAAA": "nodata",
	"ndx.one.test *": "nodata", "ndx.two.test *": "servfail", "dotted.name *": "nodata",
	"dotted.name.one.test A": "A 192.0.2.46", "dotted.name.one.test AAAA": "nodata",
	"sfd.name *": "servfail", "sfd.name.one.test *": "nxdomain", "sfd.name.two.test *": "nodata",
	"x.y A": "A 192.0.2.47", "x.y AAAA": "nodata", "cn.one.test *": "CNAME z.test",
	"cn.two.test A": "A 192.0.2.48", "cn.two.test AAAA": "nodata",
	"root.alias A": "A 192.0.2.49", "root.alias AAAA": "nodata", "tld A": "A 192.0.2.50",
	"tld AAAA":        "AAAA 2001:db8::50",
	"1 second.test *": "servfail", "2 second.test A": "A 192.0.2.51",
	"2 second.test AAAA": "AAAA 2001:db8::51", "1 second4.test A": "servfail",
	"1 second4.test AAAA": "AAAA 2001:db8::52", "2 second4.test A": "A 192.0.2.52",
	"2 second4.test AAAA": "nodata", "1 refsec.test *": "refused", "2 refsec.test *": "notimp",
	"3 refsec.test A": "A 192.0.2.53", "3 refsec.test AAAA": "nodata", "1 lamesec.test *": "lame",
	"2 lamesec.test A": "A 192.0.2.54", "2 lamesec.test AAAA": "AAAA 2001:db8::54",
	"1 nxfirst.test *": "nxdomain", "2 nxfirst.test A": "A 192.0.2.55",
	"1 ndfirst.test *": "nodata",
	"2 ndfirst.test A": "A 192.0.2.56", "1 fefirst.test *": "formerr",
	"2 fefirst.test A": "A 192.0.2.57", "1 tcsec.test *": "tc close", "2 tcsec.test A": "A 192.0.2.58",
	"2 tcsec.test AAAA": "AAAA 2001:db8::58", "1 shortsec.test *": "short",
	"2 shortsec.test A": "A 192.0.2.59", "2 shortsec.test AAAA": "nodata",
	"1 sftc.test A": "servfail", "1 sftc.test AAAA": "tc AAAA 2001:db8::60", "2 sftc.test *": "nodata",
	"1 mixed.test A": "servfail", "1 mixed.test AAAA": "refused", "2 mixed.test A": "nodata",
	"2 mixed.test AAAA": "nxdomain",
}

// commonNames asks for every name of commonZone that ends with ".test".
func commonNames() []string {
	seen := make(map[string]bool)
	var list []string
	for key := range commonZone {
		var name string
		if _, err := fmt.Sscan(key, &name); err != nil {
			panic(err)
		}
		if len(name) == 1 && '1' <= name[0] && name[0] <= '3' {
			fmt.Sscan(key[2:], &name)
		}
		if len(name) > 5 && name[len(name)-5:] == ".test" && !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

const threeServers = "nameserver 127.0.0.1\nnameserver 127.0.0.2\nnameserver 127.0.0.3\noptions " +
	"timeout:5 attempts:2\n"

func dnsSteps() []situation {
	long := "a23456789.b23456789.c23456789.d23456789.e23456789.f23456789.g23456789.h23456789." +
		"i23456789.j23456789.k23456789.l23456789.m23456789.n23456789.o23456789.p23456789.q23456789." +
		"r23456789.s23456789.t23456789.u23456789.v23456789.w23456789.x23456789.y23456789"
	label := "l2345678901234567890123456789012345678901234567890123456789012"
	odd := []string{
		"both.test.", "BOTH.Test", "nosuch.test", "nosuch", "tld", "tld.", "host", "sub.host", "b@d.test",
		"-dash.test", "a.-dash.test", "sp ace.test", "under_score.test",
		"1.2.3.4.5", "256.1.1.1", "1.2.3.4.", "\u00fcber.test", "both.test..", "..", ".", ".both.test",
		"a..b.test", "", "both\\.test", "x:y", "a%b", "fe80::1%nosuch", "::g", "abcd::12345", "dead.beef",
		long + "." + "abcd", long + ".abcde", long + ".abcdef", label + "3.test", label + "34.test",
		label + "3x.test", "xn--mller-kva.test", "m\u00fcller.test",
	}
	list := []situation{
		{name: "answers", files: dnsFiles("nameserver 127.0.0.1\n"), zone: commonZone,
			questions: everyFamily(commonNames()...)},
		{name: "three servers", files: dnsFiles(threeServers), zone: commonZone,
			questions: fewFamilies(commonNames()...)},
		{name: "odd names", files: dnsFiles("nameserver 127.0.0.1\n"), zone: commonZone,
			questions: everyFamily(odd...)},
		{name: "odd names, search", files: dnsFiles("nameserver 127.0.0.1\nsearch one.test two.test\n"),
			zone: commonZone, questions: everyFamily(odd...)},
		{name: "idn", files: dnsFiles("nameserver 127.0.0.1\n"), zone: commonZone, questions: append(
			ask(Hints{Flags: IDN | CanonName}, "m\u00fcller.test", "both.test", "M\u00dcLLER.test",
				"127.0.0.1",
				"bad\xff.test", "\u00fc\\.test", "stra\u00dfe.test", "xn--mller-kva.test", "☃.test", "💩.test",
				"❤\ufe0f.test", "ab--ü.test", "ab--c.ü.test", "-ü.test", "ü-.test", "ü test.test", "ü@x.test",
				"ü=x.test",
				"ü_x.test", "faß.de", "日本語.jp", "مثال.test", "a.ü.test", "\u0301a.test", "a\u200db.test",
				"אa.test",
				strings.Repeat("ü", 57)+".test", strings.Repeat("ü", 58)+".test"),
			ask(Hints{Flags: IDN | CanonName | CanonIDN}, "m\u00fcller.test", "both.test",
				"xn--mller-kva.test",
				"127.0.0.1", "cnidn.test", "cnsign.test")...)},
	}
	names := []string{"host", "sub.host", "nd", "sf", "sfx", "rfx", "fex", "ndx", "dotted.name",
		"sfd.name",
		"x.y", "cn", "tld", "nosuch", "host.", "x.y.", "alias", "both.test"}
	for _, conf := range []string{
		"search one.test two.test\n", "search one.test\n", "domain one.test\n", "domain two.test extra\n",
		"search one.test\ndomain two.test\n", "search .\n", "search one.test . two.test\n",
		"search .one.test .two.test\n", "search\tone.test\t two.test \n", "search \n",
		"search one..test two.test\n", "search one.test\noptions ndots:2\n",
		"search one.test two.test\noptions ndots:0\n",
		"search one.test two.test\noptions ndots:15\n", "search one.test two.test\noptions ndots:99\n",
		"search one.test two.test\noptions ndots:-1\n", "search one.test two.test\noptions ndots:x\n",
		"search one.test two.test\noptions no-tld-query\n",
		"search one.test two.test\noptions no_tld_query ndots:2\n", "options no-tld-query\n",
		"Search one.test\n", " search one.test\n", "search one.test # two.test\n",
		"#search one.test\n;search two.test\n", "search one.test",
		"search a.test b.test c.test d.test e.test f.test g.test one.test\n", "searchone.test\n",
		"search one.test\r\n", "domain one.test\noptions ndots:2 edns0\n",
	} {
		list = append(list, situation{name: "search by " + conf,
			files: dnsFiles("nameserver 127.0.0.1\n" + conf),
			zone:  commonZone,
			questions: append(ask(Hints{SockType: SockStream, Flags: CanonName}, names...),
				append(ask(Hints{SockType: SockStream, Family: INET}, names...),
					append(ask(Hints{SockType: SockStream, Family: INET6, Flags: CanonName}, names...),
						ask(Hints{SockType: SockStream, Family: INET6, Flags: V4Mapped}, names...)...)...)...)})
	}
	few := fewFamilies("both.test", "nd", "host", "tc.test", "sf4.test", "nosuch")
	for _, conf := range []string{
		"options edns0\n", "options trust-ad\n", "options use-vc\n", "options single-request\n",
		"options single-request-reopen\n", "options no-aaaa\n", "options no-aaaa edns0\n",
		"options edns0 trust-ad use-vc\n",
		"options edns0x single-requestx\n", "options xedns0\n", "Options edns0\n", "options\tedns0\n",
		"options attempts:0\n", "options attempts:-1\n", "options attempts:9\n",
		"options no-reload inet6 debug\n",
		"options single-request no-aaaa use-vc\n", "options edns0\noptions trust-ad\n",
	} {
		list = append(list, situation{name: "by " + conf,
			files: dnsFiles("nameserver 127.0.0.1\nsearch one.test\n" + conf), zone: commonZone,
			questions: few})
	}
	for _, conf := range []string{
		"", "nameserver 127.1\n", "nameserver 0x7f.2\n", "nameserver 127.0.0.1x\nnameserver 127.0.0.2\n",
		"nameserver\t127.0.0.2 junk\n", "nameserver 127.0.0.9\nnameserver 127.0.0.2\n",
		" nameserver 127.0.0.2\n",
		"nameserver 127.0.0.8\nnameserver 127.0.0.9\nnameserver 127.0.0.3\nnameserver 127.0.0.1\n",
		"nameserver 127.0.0.7\nnameserver 127.0.0.8\nnameserver 127.0.0.9\nnameserver 127.0.0.1\n",
		"nameserver ::1\nnameserver 127.0.0.2\n",
		"nameserver fe80::1%nosuch\nnameserver 127.0.0.2\n",
		"nameserver 2001:db8:ffff::1%v0\nnameserver 127.0.0.2\noptions timeout:1 attempts:1\n",
		"nameserver ::ffff:127.0.0.1\n", "nameserver 127.0.0.1", "nameserver 127.0.0.9\n",
		"nameserver 255.255.255.255\nnameserver 127.0.0.2\noptions attempts:1 timeout:1\n",
		"nameserver\nnameserver  \nnameserver 127.0.0.3\n",
		"nameserver 127.0.0.1%lo\nnameserver 127.0.0.2\n",
	} {
		list = append(list, situation{name: "servers by " + conf, files: dnsFiles(conf), zone: commonZone,
			questions: few})
	}
	for _, env := range []map[string]string{
		{"LOCALDOMAIN": ""}, {"LOCALDOMAIN": "one.test"}, {"LOCALDOMAIN": "one.test two.test"},
		{"LOCALDOMAIN": " one.test"}, {"LOCALDOMAIN": "two.test\none.test"}, {"LOCALDOMAIN": "."},
		{"RES_OPTIONS": "ndots:3"},
		{"RES_OPTIONS": "edns0 use-vc"}, {"RES_OPTIONS": "attempts:0"}, {"RES_OPTIONS": "no-aaaa"},
		{"RES_OPTIONS": ""}, {"LOCALDOMAIN": "two.test", "RES_OPTIONS": "ndots:2 trust-ad"},
		{"HOSTALIASES": "/etc/aliases"}, {"HOSTALIASES": "/etc/nosuch"},
	} {
		files := dnsFiles("nameserver 127.0.0.1\nsearch two.test one.test\noptions ndots:1\n")
		files["aliases"] = "host both.test\nalias root.alias more\nNd. tld\nchained alias2\nalias2 " +
			"both.test\nrel host.\nbroken\nafter both.test\n"
		list = append(list, situation{name: fmt.Sprint("environment ", env), files: files, env: env,
			zone: commonZone, questions: fewFamilies("host", "sub.host", "alias", "ALIAS", "nd", "chained",
				"rel",
				"broken", "after", "x.y", "both.test")})
	}
	for _, host := range []string{"plain", "my.one.test", "my.", "a.b.two.test"} {
		list = append(list, situation{name: "domain of " + host, hostname: host,
			files: dnsFiles("nameserver 127.0.0.1\n"), zone: commonZone, questions: everyFamily("host",
				"sub.host", "nosuch")})
	}
	for _, conf := range []string{
		"sortlist 10.0.0.0\n", "sortlist 10.0.0.0/255.0.0.0 192.0.2.30/255.255.255.255\n",
		"sortlist 172.16.0.0&255.240.0.0 198.51.100.0\n",
		"sortlist 127.0.0.1/255.255.255.255; 10.0.0.0\n",
		"sortlist 10.0.0.1/255.0.0.0 192.0.2.31/0xffffffff\n",
		"sortlist bad 10.0.0.0\n", "sortlist 198.51.100.1/bad\n", "sortlist\t172.16/255.255.0.0 10\n",
	} {
		list = append(list, situation{name: "by " + conf,
			files: dnsFiles("nameserver 127.0.0.1\n" + conf),
			zone:  commonZone, questions: everyFamily("many.test", "both.test")})
	}
	list = append(list, situation{name: "rotate", files: dnsFiles(threeServers + "options rotate\n"),
		zone: commonZone, queries: anyQueries, questions: everyFamily("both.test", "v4.test",
			"nodata.test",
			"nosuch.test", "servfail.test")})
	return append(list, nsswitchDNSSteps()...)
}

// hostsLines are lines for the hosts database.
var hostsLines = []string{
	"", "hosts:\n", "hosts: \n", "hosts\n", "hosts files\n", "hosts: files dns\n",
	"hosts: dns files\n",
	"hosts: dns\n", "hosts: files\n", "HOSTS: files\n", "  hosts :  files\n", "hosts:files\n",
	"hosts: files",
	"hosts: dns\nhosts: files\n",
	"hosts: files [NOTFOUND=return] dns\n", "hosts: files [!NOTFOUND=return] dns\n",
	"hosts: files[notfound=RETURN]dns\n", "hosts: files [SUCCESS=continue] dns\n",
	"hosts: dns [SUCCESS=continue] files\n", "hosts: files [SUCCESS=continue]\n",
	"hosts: files [success=continue notfound=return] dns\n",
	"hosts: files [success=continue notfound = continue] dns\n", "hosts: dns [UNAVAIL=return] files\n",
	"hosts: dns [!UNAVAIL=return] files\n", "hosts: dns [TRYAGAIN=return] files\n",
	"hosts: files [bad=return] dns\n", "hosts: files [NOTFOUND=bad] dns\n",
	"hosts: files [NOTFOUND=return dns\n",
	"hosts: files [] dns\n", "hosts: files [NOTFOUND] dns\n", "hosts: files [NOTFOUND=return]] dns\n",
	"hosts: [NOTFOUND=return] files\n",
	"hosts: nosuch\n", "hosts: nosuch files\n", "hosts: files nosuch\n", "hosts: nosuch dns\n",
	"hosts: dns nosuch\n", "hosts: nosuch [UNAVAIL=return] files\n", "hosts: files dns # comment\n",
	"hosts: files # dns\n", "# hosts: nosuch\nhosts: files\n",
	"hosts: mdns4_minimal [NOTFOUND=return] dns\n",
	"hosts: files mdns4_minimal [NOTFOUND=return] dns\n",
	"hosts: files resolve [!UNAVAIL=return] dns\n", "hosts: files [SUCCESS=merge] dns\n",
	"hosts: dns [SUCCESS=merge] files\n", "hosts: files [SUCCESS=merge]\n",
	"hosts: files [NOTFOUND=merge] dns\n", "hosts: dns [NOTFOUND=merge UNAVAIL=merge] files\n",
	"hosts: files dns files\n", "passwd: files [bad]\nhosts: files\n",
	"nonsense: [bad]\nhosts: files\n",
	"hosts: files\npasswd: files [x=y]\n", "hosts: files [!SUCCESS=return] dns\n",
	"hosts: files [!success=continue] dns\n", "hosts: nosuch nosuch2\n",
	"hosts: nosuch [NOTFOUND=return]\n",
	"hosts: files [UNAVAIL=return] dns\n", "hosts: db files\n", "hosts: files db\n",
	"hosts: compat files\n",
}

func nsswitchSteps() []situation {
	var list []situation
	for _, line := range hostsLines {
		files := map[string]string{"nsswitch.conf": line,
			"hosts":       "10.0.0.1 inboth.test\n10.0.0.2 infile.test\n2001:db8::2 infile6.test\n",
			"resolv.conf": "nameserver 127.0.0.1\n", "host.conf": "multi on\n"}
		qs := fewFamilies("inboth.test", "infile.test", "infile6.test", "indns.test", "innone.test",
			"nodata.test", "servfail.test", "cn.test", "1.2.3.4.5")
		zone := map[string]string{
			"inboth.test A": "A 192.0.2.1", "inboth.test AAAA": "AAAA 2001:db8::1",
			"indns.test A": "A 192.0.2.2", "indns.test AAAA": "nodata",
			"nodata.test *": "nodata", "servfail.test *": "servfail", "cn.test *": "CNAME x.test",
		}
		list = append(list, situation{name: "nsswitch " + line, files: files, zone: zone, questions: qs})
		without := map[string]string{"nsswitch.conf": line, "resolv.conf": "nameserver 127.0.0.1\n"}
		list = append(list, situation{name: "no hosts, nsswitch " + line, files: without, zone: zone,
			questions: fewFamilies("inboth.test", "innone.test", "nodata.test", "servfail.test")})
	}
	return list
}

// nsswitchDNSSteps are the same for name servers that cannot be reached.
func nsswitchDNSSteps() []situation {
	var list []situation
	for i, line := range hostsLines {
		files := map[string]string{"nsswitch.conf": line, "hosts": "10.0.0.1 infile.test\n",
			"resolv.conf": "nameserver 127.0.0.9\nsearch one.test\n"}
		if i%2 == 0 {
			files["host.conf"] = "multi on\n"
		}
		list = append(list, situation{name: "refused, nsswitch " + line, files: files,
			questions: fewFamilies("infile.test", "innone.test", "dotless")})
	}
	return list
}

// slowWorlds are those with time-outs, each in namespaces of its own so that
// they wait at the same time.
func slowWorlds() []world {
	zone := map[string]string{
		"drop.test *": "drop", "drop4.test A": "drop", "drop4.test AAAA": "AAAA 2001:db8::1",
		"drop6.test A": "A 192.0.2.1", "drop6.test AAAA": "drop",
		"drop6nx.test A": "nxdomain", "drop6nx.test AAAA": "drop", "drop6nd.test A": "nodata",
		"drop6nd.test AAAA": "drop", "drop6sf.test A": "servfail", "drop6sf.test AAAA": "drop",
		"dropsf.test A": "drop", "dropsf.test AAAA": "servfail", "late.test A": "delay=300ms A 192.0.2.2",
		"late.test AAAA":   "delay=100ms AAAA 2001:db8::2",
		"onlywrong.test *": "only-wrong wrongid wrongname wrongtype A 192.0.2.3", "1 sec.test *": "drop",
		"2 sec.test A": "A 192.0.2.4", "2 sec.test AAAA": "AAAA 2001:db8::4",
		"1 sec6.test A": "A 192.0.2.5", "1 sec6.test AAAA": "drop", "2 sec6.test A": "A 192.0.2.6",
		"2 sec6.test AAAA": "AAAA 2001:db8::6", "1 sfdrop.test *": "servfail", "2 sfdrop.test *": "drop",
		"drop.one.test *": "drop", "drop *": "nxdomain", "drop.two.test A": "A 192.0.2.7",
		"drop.two.test AAAA": "nodata", "nxd.one.test *": "nxdomain", "nxd.two.test *": "drop",
		"nxd *": "nxdomain", "dd.name *": "drop", "dd.name.one.test *": "nxdomain",
		"dn.name *": "nxdomain", "dn.name.one.test *": "drop", "later.test A": "delay=1400ms A 192.0.2.8",
		"later.test AAAA": "delay=1400ms AAAA 2001:db8::8", "cndrop.test A": "CNAME x.test",
		"cndrop.test AAAA": "drop", "lamedrop.test A": "lame", "lamedrop.test AAAA": "drop",
	}
	names := []string{
		"drop.test", "drop4.test", "drop6.test", "drop6nx.test", "drop6nd.test", "drop6sf.test",
		"dropsf.test", "late.test", "onlywrong.test", "sec.test", "sec6.test", "sfdrop.test",
		"drop", "nxd", "dd.name", "dn.name", "later.test", "cndrop.test", "lamedrop.test", "drop.",
	}
	var list []world
	for i, conf := range []string{
		"nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
		"nameserver 127.0.0.1\noptions timeout:1 attempts:1 single-request\n",
		"nameserver 127.0.0.1\nsearch one.test two.test\noptions timeout:1 attempts:1\n",
		"nameserver 127.0.0.1\nnameserver 127.0.0.2\noptions timeout:1 attempts:1 " +
			"single-request-reopen\n",
		"nameserver 127.0.0.1\nnameserver 127.0.0.2\noptions timeout:1 attempts:1\n",
		"nameserver 127.0.0.1\noptions timeout:1 attempts:2\n",
	} {
		qs := append(ask(Hints{SockType: SockStream, Flags: CanonName}, names...),
			ask(Hints{SockType: SockStream,
				Family: INET}, names...)...)
		qs = append(qs, ask(Hints{SockType: SockStream, Family: INET6}, names...)...)
		files := dnsFiles(conf)
		if i%2 == 1 {
			files["nsswitch.conf"] = "hosts: dns files\n"
		}
		list = append(list, world{name: fmt.Sprint("slow", i), setup: dualStack, slow: true,
			steps: []situation{{name: conf, files: files, zone: zone, questions: qs, queries: anyQueries}}})
	}
	return list
}

func sortSteps() []situation {
	hosts := ""
	targets := [][]string{
		{"192.0.2.1", "2001:db8:9::1"}, {"2001:db8:9::1", "192.0.2.1"}, {"::1", "127.0.0.1"},
		{"127.0.0.1", "::1",
			"127.0.0.2"}, {"fe80::1", "2001:db8::1", "169.254.1.1", "10.0.0.1"},
		{"2002:c000:201::1", "2001::1", "fd00::1", "fec0::1", "::192.0.2.1", "::ffff:192.0.2.5",
			"2001:db8::5",
			"192.0.2.5"}, {"192.0.2.200", "192.0.2.11", "192.0.2.8", "10.1.2.4", "10.1.15.3", "10.9.0.2",
			"10.9.0.1", "192.0.2.10"},
		{"198.51.100.1", "192.0.2.10", "10.1.2.3", "127.0.0.1"}, {"2001:db8:1::11", "2001:db8:1::10",
			"2001:db8:1:8000::1", "2001:db8:2::11", "2001:db8:3::1", "2001:db8:5::1"},
		{"fd00:1::11", "fd00:2::1",
			"2001:db8:2::10", "2001:db8:1::10"},
		{"172.16.0.1", "192.0.2.1", "10.9.0.2"}, {"ff02::1", "ff05::1", "ff0e::1", "2001:db8::1"},
		{"0.0.0.0",
			"::", "255.255.255.255", "224.0.0.1"}, {"10.1.2.4", "::ffff:10.1.2.4", "::ffff:192.0.2.1",
			"192.0.2.1"},
		{"2001:db8:2::20", "192.0.2.20", "2001:db8:1::20", "fd00:1::20", "10.9.0.2", "fe80::20",
			"2002:c000:20a::20"}, {"192.0.2.1", "192.0.2.1", "10.1.2.1", "192.0.2.1"}, {"169.254.0.1",
			"127.1.2.3", "192.0.2.3"}, {"2001:db8:5::20", "2001:db8:9::20", "192.0.2.77"},
	}
	var names []string
	for i, list := range targets {
		name := fmt.Sprintf("t%d.test", i)
		names = append(names, name)
		for _, a := range list {
			hosts += a + " " + name + "\n"
		}
	}
	qs := ask(Hints{SockType: SockStream}, names...)
	qs = append(qs, ask(Hints{}, names...)...)
	qs = append(qs, ask(Hints{Family: INET, SockType: SockStream}, names...)...)
	qs = append(qs, ask(Hints{Family: INET6, Flags: V4Mapped | All}, names...)...)
	qs = append(qs, ask(Hints{Flags: AddrConfig | CanonName, SockType: SockDgram}, names...)...)
	qs = append(qs, question{Service: text("80"), Hints: Hints{}}, question{Service: text("80"),
		Hints: Hints{Flags: Passive}})
	base := map[string]string{"nsswitch.conf": "hosts: files\n", "hosts": hosts,
		"host.conf": "multi on\n"}
	list := []situation{
		{name: "order", files: base, questions: qs},
		{name: "order, reorder on", files: base, env: map[string]string{"RESOLV_REORDER": "on"},
			questions: ask(Hints{Family: INET, SockType: SockStream}, names...)},
	}
	for _, conf := range []string{
		"", "precedence ::ffff:0:0/96 100\n", "precedence ::ffff:0:0/96 100\nprecedence ::/0 40\n",
		"label 2001:db8::/32 99\nlabel ::/0 1\n", "label ::ffff:0:0/96 1\n",
		"label ::1/128 0\nlabel ::/0 1\nlabel 2002::/16 2\nlabel ::/96 3\nlabel ::ffff:0:0/96 4\n" +
			"label fec0::/10 5\nlabel fc00::/7 6\nlabel 2001:0::/32 7\n",
		"precedence fd00::/8 45\nprecedence 2001:db8:1::/48 10\nprecedence 2001:db8:1::/64 60\n",
		"scopev4 ::ffff:169.254.0.0/112 2\nscopev4 ::ffff:127.0.0.0/104 2\nscopev4 " +
			"::ffff:10.0.0.0/104 5\nscopev4 ::ffff:0.0.0.0/96 14\n",
		"scopev4 10.0.0.0/8 5\nscopev4 172.16.0.0/12 5\n",
		"scopev4 0.0.0.0/0 2\n",
		"scopev4 192.0.2.0/24 5\nscopev4 192.0.2.0/28 14\nscopev4 192.0.2.0/28 2\n",
		"precedence ::/0 10\nprecedence ::/0 90\nprecedence ::ffff:0:0/96 50\n",
		"  precedence   ::ffff:0:0/96\t100 junk # c\n", "#precedence ::ffff:0:0/96 100\n",
		"PRECEDENCE ::ffff:0:0/96 100\n", "precedence ::ffff:0:0/96\n",
		"precedence ::ffff:0:0/96x 100\nprecedence ::ffff:0:0/129 100\nprecedence 192.0.2.0/24 100\n" +
			"precedence ::ffff:0:0/96 -1\nprecedence ::ffff:0:0/96 99999999999\nlabel x/0 1\n",
		"precedence 2001:db8::/0 7\n", "label ::/1 3\nlabel 8000::/1 4\n",
		"reload yes\nprecedence ::ffff:0:0/96 100", "precedence ::ffff:0:0/ 100\n",
		"label ::ffff:10.0.0.0/104 9\nlabel ::ffff:192.0.2.0/120 8\n",
		"scopev4 ::ffff:10.0.0.0/95 5\nscopev4 ::10.0.0.0/104 5\nscopev4 10.0.0.0/33 5\nscopev4 " +
			"10.1/8 5\n",
		"precedence fe80::/10 90\nprecedence fec0::/10 80\nprecedence ::1/127 1\n",
		"precedence ::ffff:0:0/96 +100\n", "precedence ::ffff:0:0/0x60 100\n",
	} {
		files := map[string]string{"gai.conf": conf}
		for k, v := range base {
			files[k] = v
		}
		list = append(list, situation{name: "order by gai.conf " + conf, files: files, questions: qs})
	}
	return list
}
