package resolve

import (
	"strings"
	"testing"
)

// FuzzMessage reads any bytes as a reply. Nothing may panic or go on for ever,
// and what comes out is bounded by what went in.
func FuzzMessage(f *testing.F) {
	name, err := encodeName("name.test")
	if err != nil {
		f.Fatal(err)
	}
	for _, script := range []string{
		"A 192.0.2.1", "CNAME a.test A 192.0.2.1", "POINTER x A 192.0.2.1", "BADNAME x",
		"cut=5 A 192.0.2.1", "bare refused", "pad=3 A 192.0.2.1", "short",
	} {
		server := &fakeDNS{}
		server.reset(map[string]string{"* *": script})
		q := newQuery(name, typeA, &resolvConf{})
		for _, b := range server.replies(q.wire, 1, false) {
			f.Add(b)
		}
	}
	f.Add([]byte("\x00\x01\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseMessage(b)
		if err != nil {
			return
		}
		q := newQuery(name, typeA, &resolvConf{})
		m.asks(&q)
		m.lame()
		for _, res := range []sourceResult{readReply(&reply{message: m}),
			readSingle(&reply{message: m})} {
			if len(res.tuples) > len(b)/16 || len(res.canon) > 4*maxWire {
				t.Errorf("%d addresses and a name of %d bytes out of %d bytes", len(res.tuples),
					len(res.canon), len(b))
			}
		}
	})
}

// FuzzIDN encodes any name and decodes what comes of it. That is ASCII, no longer
// than DNS has room for, and its Unicode form is encoded as the same again.
func FuzzIDN(f *testing.F) {
	for _, s := range []string{"müller.test", "MÜLLER。test", "faß.", "xn--a-ecp.ü", "xn--.ü",
		"a\u200db", "अ\u094d\u200da",
		"مثال.0", "ab--ü", "ü_x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		decodeIDN(s)
		encoded, ok := encodeIDN(s)
		if !ok || isASCII(s) {
			return
		}
		if !isASCII(encoded) || len(encoded) > longestName+1 {
			t.Errorf("%q is %q", s, encoded)
		}
		decoded := decodeIDN(encoded)
		if again, ok := encodeIDN(decoded); !ok || again != encoded {
			t.Errorf("%q is %q, that is %q, and that %q, %v", s, encoded, decoded, again, ok)
		}
	})
}

// FuzzNames encodes and decodes names.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"", ".", "a.b", "a..b", `a\.b`, `\065`, `\256`, strings.Repeat("a", 64),
		strings.Repeat("a.", 127), "a.b."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := encodeName(s)
		if err != nil {
			return
		}
		again, err := encodeName(n.String())
		if err != nil || again != n {
			t.Errorf("%q is %q, and that is %q (%v)", s, n, again, err)
		}
	})
}

// FuzzNumeric reads addresses, and agrees with netip where that has an opinion.
func FuzzNumeric(f *testing.F) {
	for _, s := range []string{"127.1", "0x7f.1", "::1", "fe80::1%lo", "1:2:3:4:5:6:7::",
		"::ffff:1.2.3.4", "1.2.3.4"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parseNumeric(s, Hints{}, func(string) uint32 { return 0 })
		inetAton(s)
		if a, ok := inetPton6(s); ok {
			if b, ok := inetPton6(a.String()); !ok || a != b {
				t.Errorf("%q is %v, and that is %v", s, a, b)
			}
		}
	})
}

// FuzzResolvConf reads resolv.conf, LOCALDOMAIN and RES_OPTIONS.
func FuzzResolvConf(f *testing.F) {
	f.Add("nameserver 127.0.0.1\nsearch a b\noptions ndots:2 edns0\nsortlist 10.0.0.0/255.0.0.0\n",
		"a b", "timeout:3")
	f.Add("sortlist a/b\n", "", "")
	f.Fuzz(func(t *testing.T, text, domain, options string) {
		c := parseResolvConf(strings.NewReader(text), resolvEnv{
			localDomain: domain, hasLocalDomain: domain != "", resOptions: options, hasResOptions: true,
			hostname: func() string { return "host.test" }, index: func(string) uint32 { return 0 },
		})
		if len(c.servers) < 1 || len(c.servers) > maxServers || c.ndots < 0 || c.ndots > maxNdots ||
			c.timeout > maxTimeout || c.attempts > maxAttempts {
			t.Errorf("%+v", c)
		}
		for i := range c.servers {
			if c.tryTimeout(i) <= 0 {
				t.Errorf("server %d gets %v", i, c.tryTimeout(i))
			}
		}
	})
}

// FuzzNSSwitch reads nsswitch.conf.
func FuzzNSSwitch(f *testing.F) {
	f.Add("hosts: files [!NOTFOUND=return SUCCESS=continue] dns\nservices: db files\n")
	f.Add("hosts: [")
	f.Fuzz(func(t *testing.T, text string) {
		for _, list := range parseNSSwitch(strings.NewReader(text)).databases {
			for _, m := range list {
				if m.name == "" {
					t.Error("a source without a name")
				}
			}
		}
	})
}

// FuzzHosts reads /etc/hosts, host.conf and HOSTALIASES.
func FuzzHosts(f *testing.F) {
	f.Add(stockHostsFile)
	f.Add("  10.0.0.1 last")
	f.Fuzz(func(t *testing.T, text string) {
		eachHost(strings.NewReader(text), nil, func(h hostLine) bool {
			if !h.addr.IsValid() || h.number < 1 || !h.named(h.name) {
				t.Errorf("%+v", h)
			}
			return true
		})
		parseHostConf(strings.NewReader(text))
		parseHostAliases(strings.NewReader(text), "name")
	})
}

// FuzzGaiConf reads gai.conf and looks addresses up in the tables.
func FuzzGaiConf(f *testing.F) {
	f.Add("label ::1/128 0\nprecedence ::/0 40\nscopev4 ::ffff:10.0.0.0/104 5\n")
	f.Fuzz(func(t *testing.T, text string) {
		p := parseGaiConf(strings.NewReader(text))
		for _, s := range []string{"::", "192.0.2.1", "2001:db8::1", "ff02::1"} {
			a := mustAddr(s)
			valueOf(p.labels, a)
			valueOf(p.precedence, a)
			p.scope(a)
		}
	})
}

// FuzzServices reads /etc/services.
func FuzzServices(f *testing.F) {
	f.Add("http 80/tcp www # comment\nx 0x50/udp\n")
	f.Fuzz(func(t *testing.T, text string) {
		eachService(strings.NewReader(text), nil, func(e Service) bool {
			if e.Port < 0 || e.Port > 65535 {
				t.Errorf("%+v", e)
			}
			return true
		})
	})
}
