package netio

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// TestHearingOnSeveralAddresses binds one port on several addresses or on a wildcard. A datagram to
// any of them must be received. The answer must leave from the address that was asked, because a
// connected client takes no other.
func TestHearingOnSeveralAddresses(t *testing.T) {
	for _, set := range []struct {
		name  string
		bind  []string
		ask   []string
		dual  bool
		alone bool // the first peer only
	}{
		{"several", []string{"127.0.0.1", "127.0.0.2", "::1"}, []string{"127.0.0.2", "::1", "127.0.0.1", "::1", "127.0.0.2"}, false, false},
		{"wildcard", []string{"0.0.0.0"}, []string{"127.0.0.1", "127.0.0.2", "127.0.0.3"}, false, false},
		{"both families", []string{"::"}, []string{"127.0.0.2", "::1", "127.0.0.1"}, true, false},
		{"several, one peer", []string{"127.0.0.1", "::1"}, []string{"::1"}, false, true},
		{"wildcard, one peer", []string{"0.0.0.0"}, []string{"127.0.0.2"}, false, true},
		{"both families, one peer", []string{"::"}, []string{"127.0.0.2"}, true, true},
	} {
		t.Run(set.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, l *Loop) {
				before := openDescriptors(t)
				var addrs []netip.AddrPort
				for _, a := range set.bind {
					addrs = append(addrs, netip.AddrPortFrom(netip.MustParseAddr(a), 0))
				}
				p, err := l.ListenPackets(addrs, !set.alone, ListenOptions{BindOptions: sock.BindOptions{DualStack: set.dual}})
				must(t, err)
				bound := p.Addrs()
				for _, a := range bound {
					if a.Port() != bound[0].Port() || a.Port() == 0 {
						t.Errorf("bound to %v", bound)
					}
				}
				in, out, toIn, fromOut := pipes(t, l)
				var session *Session
				must(t, p.Hear(func(c *Conn, _ netip.AddrPort) {
					session = NewSession(l, c, in, out, SessionOptions{}, func(Result) { l.Stop() })
				}, func(err error) { t.Error(err) }))
				ended := make(chan struct{})
				go func() { defer close(ended); runLoop(t, l) }()
				for _, host := range set.ask {
					askAndAnswer(t, net.JoinHostPort(host, portOf(bound[0])), toIn, fromOut)
				}
				if set.alone && len(set.bind) > 1 {
					refuses(t, bound[0])
				}
				l.Post(func() { session.Abort(nil) })
				<-ended
				unix.Close(toIn)
				unix.Close(fromOut)
				if after := openDescriptors(t); after != before+2 { // two are the pipes', closed at the end
					t.Errorf("%d descriptors, %d before", after, before)
				}
			})
		})
	}
}

func portOf(a netip.AddrPort) string {
	_, port, _ := net.SplitHostPort(a.String())
	return port
}

// askAndAnswer has a client ask at addr, and answers it from stdin.
func askAndAnswer(t *testing.T, addr string, toIn, fromOut int) {
	t.Helper()
	c, err := net.Dial("udp", addr)
	must(t, err)
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	_, err = c.Write([]byte("question"))
	must(t, err)
	b := make([]byte, 100)
	if n, err := unix.Read(fromOut, b); err != nil || string(b[:n]) != "question" {
		t.Fatalf("%s: heard %q, %v", addr, b[:n], err)
	}
	_, err = unix.Write(toIn, []byte("answer"))
	must(t, err)
	if n, err := c.Read(b); err != nil || string(b[:n]) != "answer" {
		t.Fatalf("%s: answered %q, %v", addr, b[:n], err)
	}
}

// refuses checks that the port is closed.
func refuses(t *testing.T, addr netip.AddrPort) {
	t.Helper()
	c, err := net.Dial("udp", addr.String())
	must(t, err)
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	c.Write([]byte("x"))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("%s: %v, want a refusal", addr, err)
	}
}
