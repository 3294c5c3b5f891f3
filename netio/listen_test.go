package netio

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// TestAcceptWithoutDescriptors fills the table of descriptors, so that accept(2) fails with EMFILE.
// The listener must warn once, not spin, and go on when a connection is closed.
func TestAcceptWithoutDescriptors(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		starved, accepted := 0, 0
		ln, err := l.Listen([]netip.AddrPort{loopback}, ListenOptions{
			OnStarved: func(err error) {
				starved++
				if !errors.Is(err, unix.EMFILE) {
					t.Errorf("starved by %v", err)
				}
			},
			OnFailure: func(err error) { t.Errorf("the listener ended: %v", err) },
		})
		must(t, err)
		defer ln.Close()
		var conns []*Conn
		clients := make([]net.Conn, 3)
		for i := range clients {
			clients[i], err = net.Dial("tcp", ln.Addrs()[0].String())
			must(t, err)
			defer clients[i].Close()
		}
		restore := fillDescriptors(t, 1)
		defer restore()
		must(t, ln.Accept(func(c *Conn, _ netip.AddrPort) {
			conns = append(conns, c)
			if accepted++; accepted == len(clients) {
				l.Stop()
			}
		}))
		var waits uint64
		l.After(50*time.Millisecond, func() {
			if accepted != 1 || starved != 1 {
				t.Errorf("%d accepted, starved %d times", accepted, starved)
			}
			waits = l.Waits()
		})
		l.After(300*time.Millisecond, func() {
			if n := l.Waits() - waits; n > 2 {
				t.Errorf("a starved listener asked its poller %d times", n)
			}
			conns[0].Close() // frees one descriptor
		})
		l.After(600*time.Millisecond, func() {
			if accepted != 2 {
				t.Errorf("%d accepted after a close", accepted)
			}
			restore()
		}) // enough descriptors: the listener finds them with its timer
		runLoop(t, l)
	})
}

// fillDescriptors lowers the limit of open files so that left more can be opened.
func fillDescriptors(t *testing.T, left int) (restore func()) {
	t.Helper()
	var limit unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &limit))
	low := limit
	low.Cur = 256
	must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &low))
	var fds []int
	for {
		fd, err := unix.Dup(2)
		if err != nil {
			break
		}
		fds = append(fds, fd)
	}
	for range left {
		unix.Close(fds[len(fds)-1])
		fds = fds[:len(fds)-1]
	}
	return func() {
		for _, fd := range fds {
			unix.Close(fd)
		}
		fds = nil
		unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
	}
}

func TestListenOnSeveralAddressesOfOnePort(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		addrs := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:0"), netip.MustParseAddrPort("[::1]:0"),
			netip.MustParseAddrPort("127.0.0.2:0")}
		ln, err := l.Listen(addrs, ListenOptions{})
		must(t, err)
		defer ln.Close()
		count := 0
		must(t, ln.Accept(func(c *Conn, _ netip.AddrPort) {
			c.Close()
			if count++; count == len(addrs) {
				l.Stop()
			}
		}))
		got := ln.Addrs()
		for i, a := range got {
			if a.Addr() != addrs[i].Addr() || a.Port() != got[0].Port() || a.Port() == 0 {
				t.Fatalf("listens on %v", got)
			}
			c, err := net.Dial("tcp", a.String())
			must(t, err)
			defer c.Close()
		}
		runLoop(t, l)
	})
}

func TestDualStackTakesBothFamilies(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		any6 := []netip.AddrPort{netip.AddrPortFrom(netip.IPv6Unspecified(), 0)}
		ln, err := l.Listen(any6, ListenOptions{BindOptions: sock.BindOptions{DualStack: true}})
		must(t, err)
		defer ln.Close()
		var from []netip.Addr
		must(t, ln.Accept(func(c *Conn, a netip.AddrPort) {
			c.Close()
			if from = append(from, a.Addr()); len(from) == 2 {
				l.Stop()
			}
		}))
		_, port, _ := net.SplitHostPort(ln.Addrs()[0].String())
		for _, host := range []string{"127.0.0.1", "::1"} {
			c, err := net.Dial("tcp", net.JoinHostPort(host, port))
			must(t, err)
			defer c.Close()
		}
		runLoop(t, l)
		if from[0] != netip.MustParseAddr("127.0.0.1") || from[1] != netip.MustParseAddr("::1") {
			t.Fatalf("accepted from %v", from)
		}
		// Without DualStack, IPv4 stays free for another listener.
		only, err := l.Listen(any6, ListenOptions{})
		must(t, err)
		defer only.Close()
		both, err := l.Listen([]netip.AddrPort{netip.AddrPortFrom(netip.IPv4Unspecified(), only.Addrs()[0].Port())}, ListenOptions{})
		must(t, err)
		both.Close()
	})
}

func TestFailedListenLeavesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		taken, err := l.Listen([]netip.AddrPort{netip.MustParseAddrPort("127.0.0.2:0")}, ListenOptions{})
		must(t, err)
		defer taken.Close()
		before := openDescriptors(t)
		port := taken.Addrs()[0].Port()
		_, err = l.Listen([]netip.AddrPort{netip.AddrPortFrom(loopback.Addr(), port), netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), port)},
			ListenOptions{})
		var failed *sock.ListenError
		if !errors.As(err, &failed) || !errors.Is(err, unix.EADDRINUSE) {
			t.Fatalf("Listen = %v", err)
		}
		l.After(0, l.Stop)
		runLoop(t, l)
		if after := openDescriptors(t); after != before {
			t.Fatalf("%d descriptors, %d before", after, before)
		}
	})
}
