package proxy

import (
	"errors"
	"strings"
	"testing"
)

// talk feeds a proxy's reply to a handshake, in pieces of n bytes. It returns what the handshake
// said and how much it used.
func talk(h Handshake, reply string, n int) (said string, used int, done bool, err error) {
	said = string(h.Begin())
	for used < len(reply) && !done && err == nil {
		var took int
		var say []byte
		took, say, done, err = h.Step([]byte(reply[used:min(used+n, len(reply))]))
		used += took
		said += string(say)
	}
	return said, used, done, err
}

func shake(t testing.TB, kind, host, user, password string) Handshake {
	var h Handshake
	var err error
	switch kind {
	case "4":
		h, err = NewSOCKS4(host, 80, user)
	case "5":
		h, err = NewSOCKS5(host, 80, user, password)
	default:
		h, err = NewHTTPConnect(host, 80, user, password)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestProxyHandshakes(t *testing.T) {
	const v4, named = "\x01\xc0\x00\x02\x09\x00\x50", "\x03\x01h\x00\x50"
	for _, row := range []struct{ kind, host, user, password, reply, said, err string }{
		{"4", "192.0.2.9", "me", "", "\x00\x5a\x00\x00\x00\x00\x00\x00", "\x04\x01\x00\x50\xc0\x00\x02\x09me\x00", ""},
		{"4", "h", "", "", "\x00\x5a\x00\x00\x00\x00\x00\x00", "\x04\x01\x00\x50\x00\x00\x00\x01\x00h\x00", ""},
		{"4", "h", "", "", "\x00\x5b\x00\x00\x00\x00\x00\x00", "", "rejected or failed"},
		{"4", "h", "", "", "\x00\x5d\x00\x00\x00\x00\x00\x00", "", "another user"},
		{"4", "h", "", "", "\x05", "", "version 5"},
		{"5", "192.0.2.9", "", "", "\x05\x00" + "\x05\x00\x00" + v4, "\x05\x01\x00" + "\x05\x01\x00" + v4, ""},
		{"5", "h", "", "", "\x05\x00" + "\x05\x00\x00" + named, "\x05\x01\x00" + "\x05\x01\x00" + named, ""},
		{"5", "2001:db8::1", "", "", "\x05\x00" + "\x05\x00\x00\x04" + strings.Repeat("\x00", 18),
			"\x05\x01\x00" + "\x05\x01\x00\x04\x20\x01\x0d\xb8" + strings.Repeat("\x00", 11) + "\x01\x00\x50", ""},
		{"5", "h", "me", "pw", "\x05\x02" + "\x01\x00" + "\x05\x00\x00" + v4, "\x05\x02\x00\x02" + "\x01\x02me\x02pw" + "\x05\x01\x00" + named, ""},
		{"5", "h", "me", "pw", "\x05\x02" + "\x01\x01", "", "wrong user or password"},
		{"5", "h", "", "", "\x05\xff", "", "none of our methods"},
		{"5", "h", "", "", "\x05\x02", "", "none of our methods"},
		{"5", "h", "", "", "\x05\x00\x05\x01", "", "general SOCKS server failure"},
		{"5", "h", "", "", "\x05\x00\x05\x02", "", "not allowed by ruleset"},
		{"5", "h", "", "", "\x05\x00\x05\x03", "", "network unreachable"},
		{"5", "h", "", "", "\x05\x00\x05\x04", "", "host unreachable"},
		{"5", "h", "", "", "\x05\x00\x05\x05", "", "connection refused"},
		{"5", "h", "", "", "\x05\x00\x05\x06", "", "TTL expired"},
		{"5", "h", "", "", "\x05\x00\x05\x07", "", "command not supported"},
		{"5", "h", "", "", "\x05\x00\x05\x08", "", "address type not supported"},
		{"5", "h", "", "", "\x05\x00\x05\x09", "", "unknown error 9"},
		{"5", "h", "", "", "\x05\x00\x05\x00\x00\x02\x00", "", "address of kind 2"},
		{"5", "h", "", "", "\x04", "", "version 4"},
		{"http", "h", "", "", "HTTP/1.0 200 OK\r\nA: b\r\n\r\n", "CONNECT h:80 HTTP/1.0\r\n\r\n", ""},
		{"http", "::1", "me", "pw", "HTTP/1.1 204 Yes\n\n", "CONNECT [::1]:80 HTTP/1.0\r\nProxy-Authorization: Basic bWU6cHc=\r\n\r\n", ""},
		{"http", "fe80::1%eth0", "", "", "HTTP/1.0 200 OK\r\n\r\n", "CONNECT [fe80::1]:80 HTTP/1.0\r\n\r\n", ""},
		{"5", "fe80::1%eth0", "", "", "\x05\x00" + "\x05\x00\x00" + v4,
			"\x05\x01\x00" + "\x05\x01\x00\x04\xfe\x80" + strings.Repeat("\x00", 13) + "\x01\x00\x50", ""},
		{"5", "fe80::1%", "", "", "\x05\x00" + "\x05\x00\x00" + v4,
			"\x05\x01\x00" + "\x05\x01\x00\x04\xfe\x80" + strings.Repeat("\x00", 13) + "\x01\x00\x50", ""},
		{"http", "h", "", "", "HTTP/1.0 403 Forbidden\r\n\r\n", "", "403 Forbidden"},
		{"http", "h", "", "", "HTTP/1.0 407 Who\r\n\r\n", "", "user and password: 407 Who"},
		{"http", "h", "me", "pw", "HTTP/1.0 407 Who\r\n\r\n", "", "user and password were refused: 407 Who"},
		{"http", "h", "me", "pw", "HTTP/1.0 407 Who\r\nproxy-authenticate: basic realm=\"a\"\r\n\r\n", "", "user and password were refused: 407 Who"},
		{"http", "h", "me", "pw", "HTTP/1.0 407 Who\r\nProxy-Authenticate: Digest realm=\"a, Basic\", nonce=\"x\"\r\nProxy-Authenticate: NTLM\r\n\r\n", "",
			"authentication by Digest or NTLM, and gnc has only Basic: 407 Who"},
		{"http", "h", "", "", "HTTP/1.0 407 Who\nProxy-Authenticate: Negotiate, NTLM\n\n", "", "authentication by Negotiate or NTLM, and gnc has only Basic: 407 Who"},
		{"5", "h", "me", "pw", "\x05\xff", "", "none of our methods"},
		{"5", "h", "me", "pw", "\x05\x01", "", "GSSAPI"},
		{"5", "h", "", "", "\x05\x03", "", "method 3, which was not offered"},
		{"http", "h", "", "", "SSH-2.0-x\r\n\r\n", "", "not HTTP"},
		{"http", "h", "", "", "HTTP/1.0 2000 OK\r\n\r\n", "", "not HTTP"},
		{"http", "h", "", "", strings.Repeat("x", longestHead+1), "", "too long"},
	} {
		for _, pieces := range []int{1, 2, 5, 1 << 20} {
			const early = "early payload"
			h := shake(t, row.kind, row.host, row.user, row.password)
			said, used, done, err := talk(h, row.reply+early, pieces)
			var refused *Error
			switch {
			case row.err != "":
				if !errors.As(err, &refused) || !strings.Contains(err.Error(), row.err) {
					t.Errorf("%s %q: %v, want %s", row.kind, row.reply, err, row.err)
				}
			case err != nil || !done || used != len(row.reply):
				t.Errorf("%s %q by %d: used %d, done %v, %v", row.kind, row.reply, pieces, used, done, err)
			case said != row.said:
				t.Errorf("%s %q: said %q, want %q", row.kind, row.reply, said, row.said)
			}
		}
	}
}

func TestAuthSchemes(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "Basic": "Basic", `Basic realm="x"`: "Basic", "Negotiate, NTLM,Basic realm=a": "Negotiate NTLM Basic",
		`Digest realm="a, b", qop="auth,auth-int", nonce=x, Basic realm="\"c, d"`: "Digest Basic", "NTLM TlRMTVNTUAAC=": "NTLM",
		"Digest realm = x, nonce = y, basic, BASIC": "Digest basic", `Basic realm="never closed, Digest`: "Basic", ",, ,Basic": "Basic",
		`0"00,000000000`: "", strings.Repeat("x", longestScheme+1): "", "a,b,c,d,e,f,g": "a b c d e",
	} {
		if got := strings.Join(authSchemes([]byte("HTTP/1.0 407 x\r\nA: Digest\r\nPROXY-authenticate:"+value+"\r\n\r\n")), " "); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}

func FuzzAuthSchemes(f *testing.F) {
	for _, s := range []string{"", "Basic", `Digest realm="a, b", nonce=x, Basic realm="\"c, d"`, "\\", "\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, s := range authSchemes([]byte("HTTP/1.0 407 x\r\nProxy-Authenticate: " + value + "\r\n\r\n")) {
			if s == "" || len(s) > longestScheme || strings.ContainsAny(s, "=\n, ") {
				t.Errorf("%q has the scheme %q", value, s)
			}
		}
	})
}

// fuzzHandshake cuts a proxy's reply in two ways. Both must have the same result.
func fuzzHandshake(f *testing.F, kind string) {
	for _, s := range []string{"", "\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50rest", "\x05\x02\x01\x00\x05\x00\x00\x03\x00\x00\x00",
		"\x00\x5a\x00\x00\x00\x00\x00\x00", "HTTP/1.0 200 OK\r\n\r\nrest", "HTTP/1.1 407 x\n\n"} {
		f.Add(s, 1)
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, reply string, n int) {
		said, used, done, err := talk(shake(t, kind, "h", "me", "pw"), reply, max(1, n&0xffff))
		otherSaid, otherUsed, otherDone, otherErr := talk(shake(t, kind, "h", "me", "pw"), reply, 1)
		if said != otherSaid || done != otherDone || (err == nil) != (otherErr == nil) || err == nil && used != otherUsed {
			t.Fatalf("%q: %q %d %v %v by %d, %q %d %v %v by 1", reply, said, used, done, err, n, otherSaid, otherUsed, otherDone, otherErr)
		}
		if used > len(reply) {
			t.Fatalf("used %d of %d", used, len(reply))
		}
	})
}

func FuzzSOCKS4(f *testing.F)      { fuzzHandshake(f, "4") }
func FuzzSOCKS5(f *testing.F)      { fuzzHandshake(f, "5") }
func FuzzHTTPConnect(f *testing.F) { fuzzHandshake(f, "http") }
