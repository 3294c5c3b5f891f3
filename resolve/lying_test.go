package resolve

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

// fakeInterfaces has the addresses that a test gives.
type fakeInterfaces struct{ addrs []InterfaceAddr }

func (f fakeInterfaces) Addresses() ([]InterfaceAddr, error) { return f.addrs, nil }
func (fakeInterfaces) Index(name string) uint32 {
	if name == "lo" {
		return 1
	}
	return 0
}
func (fakeInterfaces) Native() (map[uint32]bool, error) { return nil, nil }
func (fakeInterfaces) Gateways() ([]Gateway, error)     { return nil, nil }

// fakeProber reaches everything from one address of each family.
type fakeProber struct{}

func (fakeProber) Sources(dst []netip.AddrPort) []netip.Addr {
	list := make([]netip.Addr, len(dst))
	for i, d := range dst {
		list[i] = netip.MustParseAddr("2001:db8::ffff")
		if d.Addr().Is4() {
			list[i] = netip.MustParseAddr("192.0.2.255")
		}
	}
	return list
}

// isolated makes a resolver that touches nothing of this machine: files, name
// servers at the addresses given, and no environment.
func isolated(files map[string]string, servers ...netip.AddrPort) *Resolver {
	root := fstest.MapFS{}
	for name, text := range files {
		root["etc/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return &Resolver{
		Root:       root,
		Getenv:     func(string) (string, bool) { return "", false },
		Hostname:   func() (string, error) { return "testhost", nil },
		Interfaces: fakeInterfaces{},
		Prober:     fakeProber{},
		Dial: func(ctx context.Context, network string, server netip.AddrPort) (Conn, error) {
			// 192.0.2.N of resolv.conf is server number N.
			n := int(server.Addr().As4()[3]) - 1
			var d net.Dialer
			return d.DialContext(ctx, network, servers[n].String())
		},
	}
}

// oneServer starts a fake name server and makes a resolver that asks it.
func oneServer(t *testing.T, zone map[string]string, options string) *Resolver {
	t.Helper()
	f := &fakeDNS{}
	f.reset(zone)
	addr := f.listen(t, 1, "127.0.0.1:0")
	return isolated(map[string]string{"resolv.conf": "nameserver 192.0.2.1\noptions " + options +
		"\n"}, addr)
}

// lookupText looks a name up for streams and gives the addresses, or the error.
func lookupText(r *Resolver, ctx context.Context, name string) string {
	list, err := r.Getaddrinfo(ctx, &name, nil, Hints{SockType: SockStream})
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Name()
	}
	var words []string
	for _, ai := range list {
		words = append(words, ai.Addr.Addr().String())
	}
	return strings.Join(words, " ")
}

// TestLyingServer: what does not answer our question does no harm.
func TestLyingServer(t *testing.T) {
	loop := strings.Repeat("CNAME loop.test ", 200)
	for _, c := range []struct{ name, script, want string }{
		{"wrong id first", "wrongid A 192.0.2.1", "192.0.2.1"},
		{"wrong name first", "wrongname A 192.0.2.1", "192.0.2.1"},
		{"wrong type first", "wrongtype A 192.0.2.1", "192.0.2.1"},
		{"wrong class first", "wrongclass A 192.0.2.1", "192.0.2.1"},
		{"only wrong", "only-wrong wrongid wrongname wrongtype A 192.0.2.1", "EAI_AGAIN"},
		{"compression loop", "POINTER x A 192.0.2.1", "192.0.2.1"},
		{"broken name", "BADNAME x A 192.0.2.1", "EAI_NONAME"},
		{"CNAME loop", loop, "EAI_NONAME"},
		{"CNAME loop, large", "tc " + strings.Repeat("CNAME a.test CNAME b.test ", 1000), "EAI_NONAME"},
		{"other owner", "owner=victim.test A 192.0.2.1", "EAI_NONAME"},
		{"short", "short", "EAI_AGAIN"},
		{"cut", "A 192.0.2.1 cut=2", "EAI_NONAME"},
		{"cut in the question", "A 192.0.2.1 cut=30", "EAI_AGAIN"},
		{"oversized", "pad=500 A 192.0.2.1", "192.0.2.1"},
		{"truncated, closed", "tc close", "EAI_AGAIN"},
		{"bad data", "SHORTA xyz A 192.0.2.1", "192.0.2.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := oneServer(t, map[string]string{"* A": c.script, "* AAAA": "nodata"}, "timeout:1 attempts:1")
			if strings.HasPrefix(c.want, "EAI") {
				r = oneServer(t, map[string]string{"* *": c.script}, "timeout:1 attempts:1")
			}
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if got := lookupText(r, ctx, "name.test"); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestOtherPort: an answer from another port is not heard.
func TestOtherPort(t *testing.T) {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Close()
	other, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	f := &fakeDNS{}
	f.reset(map[string]string{"* *": "A 192.0.2.66"})
	go func() {
		buf := make([]byte, maxMessage)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			for _, b := range f.replies(buf[:n], 1, false) {
				other.WriteTo(b, from)
			}
		}
	}()
	r := isolated(map[string]string{"resolv.conf": "nameserver 192.0.2.1\noptions timeout:1 " +
		"attempts:1\n"},
		netip.MustParseAddrPort(pc.LocalAddr().String()))
	if got := lookupText(r, context.Background(), "name.test"); got != "EAI_AGAIN" {
		t.Errorf("got %s", got)
	}
}

// TestRandomIDs: ids do not repeat or count up.
func TestRandomIDs(t *testing.T) {
	name, err := encodeName("name.test")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[uint16]bool)
	counting := 0
	var last uint16
	const n = 200
	for range n {
		q := newQuery(name, 1, &resolvConf{})
		if binary.BigEndian.Uint16(q.wire) != q.id {
			t.Fatal("the id is not in the message")
		}
		if q.id-last == 1 {
			counting++
		}
		seen[q.id], last = true, q.id
	}
	if len(seen) < n-10 || counting > 5 {
		t.Errorf("%d ids of %d differ, %d count up", len(seen), n, counting)
	}
}

// TestDeadline: no lookup outlives its context, whatever it waits for.
func TestDeadline(t *testing.T) {
	for _, c := range []struct{ name, script, options string }{
		{"silence", "drop", "timeout:30 attempts:5"},
		{"silence over TCP", "drop", "use-vc timeout:30"},
		{"one family silent", "nofirst nosecond A 192.0.2.1", "timeout:30 single-request"},
		{"late", "delay=5s A 192.0.2.1", ""},
		{"endless nonsense", "only-wrong wrongid", "timeout:30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := oneServer(t, map[string]string{"* *": c.script}, c.options)
			const limit = 150 * time.Millisecond
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			defer cancel()
			start := time.Now()
			name := "name.test"
			_, err := r.Getaddrinfo(ctx, &name, nil, Hints{})
			if took := time.Since(start); took > limit+time.Second {
				t.Errorf("took %v", took)
			}
			var e *Error
			if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &e) || e.Code != EAIAgain {
				t.Errorf("got %v, wrapping %v", err, errors.Unwrap(err))
			}
		})
	}
}
