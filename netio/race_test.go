package netio

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

func addrs(words ...string) []netip.AddrPort {
	list := make([]netip.AddrPort, len(words))
	for i, w := range words {
		list[i] = netip.MustParseAddrPort(w)
	}
	return list
}

func TestInterleave(t *testing.T) {
	var nothing netip.AddrPort
	six, four := addrs("[::9]:1")[0], addrs("1.1.1.9:1")[0]
	for _, c := range []struct {
		tried    netip.AddrPort
		in, want []netip.AddrPort
	}{
		{nothing, nil, addrs()},
		{nothing, addrs("1.1.1.1:1"), addrs("1.1.1.1:1")},
		{nothing, addrs("[::1]:1", "[::2]:1", "1.1.1.1:1", "1.1.1.2:1"), addrs("[::1]:1", "1.1.1.1:1", "[::2]:1", "1.1.1.2:1")},
		{nothing, addrs("1.1.1.1:1", "[::1]:1", "[::2]:1", "[::3]:1"), addrs("1.1.1.1:1", "[::1]:1", "[::2]:1", "[::3]:1")},
		{nothing, addrs("1.1.1.1:1", "1.1.1.2:1", "1.1.1.3:1", "[::1]:1"), addrs("1.1.1.1:1", "[::1]:1", "1.1.1.2:1", "1.1.1.3:1")},
		{six, addrs("[::1]:1", "[::2]:1", "1.1.1.1:1"), addrs("1.1.1.1:1", "[::1]:1", "[::2]:1")},
		{four, addrs("[::1]:1", "[::2]:1", "1.1.1.1:1"), addrs("[::1]:1", "1.1.1.1:1", "[::2]:1")},
		{six, addrs("[::1]:1", "[::2]:1"), addrs("[::1]:1", "[::2]:1")},
	} {
		if got := interleave(c.in, c.tried); !slices.Equal(got, c.want) {
			t.Errorf("interleave(%v, after %v) = %v, want %v", c.in, c.tried, got, c.want)
		}
	}
}

// server listens on host.
func server(t *testing.T, host string) netip.AddrPort {
	t.Helper()
	ln, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	must(t, err)
	t.Cleanup(func() { ln.Close() })
	return netip.MustParseAddrPort(ln.Addr().String())
}

// deaf listens on host, but answers no SYN: its accept queue is full.
func deaf(t *testing.T, host string) netip.AddrPort {
	t.Helper()
	addr := netip.MustParseAddr(host)
	sa, family, err := sock.ToSockaddr(netip.AddrPortFrom(addr, 0))
	must(t, err)
	ln, err := unix.Socket(family, unix.SOCK_STREAM, 0)
	must(t, err)
	t.Cleanup(func() { unix.Close(ln) })
	must(t, unix.Bind(ln, sa))
	must(t, unix.Listen(ln, 0))
	sa, err = unix.Getsockname(ln)
	must(t, err)
	for range 3 { // fill the accept queue
		fd, err := sock.New(family, unix.SOCK_STREAM)
		must(t, err)
		t.Cleanup(func() { unix.Close(fd) })
		unix.Connect(fd, sa)
	}
	return sock.AddrPort(ln, sa)
}

// refusing returns an address without a listener.
func refusing(t *testing.T, host string) netip.AddrPort {
	t.Helper()
	ln, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	must(t, err)
	defer ln.Close()
	return netip.MustParseAddrPort(ln.Addr().String())
}

// outcome is the result of a race.
type outcome struct {
	winner   netip.AddrPort
	err      error
	attempts []netip.AddrPort
	took     time.Duration
}

// race runs a race; script brings its addresses. It fails the test if a descriptor or a timer is
// left behind.
func race(t *testing.T, l *Loop, o RaceOptions, script func(r *Race)) outcome {
	t.Helper()
	var got outcome
	before := openDescriptors(t)
	o.OnAttempt = func(a netip.AddrPort) { got.attempts = append(got.attempts, a) }
	begin := time.Now()
	r := NewRace(l, o, func(c *Conn, addr netip.AddrPort, err error) {
		got.winner, got.err, got.took = addr, err, time.Since(begin)
		if c != nil {
			c.Close()
		}
		l.After(0, l.Stop)
	})
	script(r)
	runLoop(t, l)
	if after := openDescriptors(t); after != before {
		t.Errorf("%d descriptors after the race, %d before", after, before)
	}
	return got
}

// TestRaces plays those cases of RFC 8305 that one machine can. It checks the winner, the order of
// the attempts, and whether there was a wait, but never the machine's speed.
func TestRaces(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		good4, good6 := server(t, "127.0.0.1"), server(t, "::1")
		dead4, dead6 := deaf(t, "127.0.0.1"), deaf(t, "::1")
		shut4, shut6 := refusing(t, "127.0.0.1"), refusing(t, "::1")
		all := func(list ...netip.AddrPort) func(*Race) {
			return func(r *Race) { r.Add(Batch{Addrs: list}, true) }
		}
		for _, c := range []struct {
			name     string
			script   func(*Race)
			winner   netip.AddrPort
			attempts []netip.AddrPort
			atLeast  time.Duration
		}{
			{"both are fine", all(good6, good4), good6, []netip.AddrPort{good6}, 0},
			{"IPv6 refused", all(shut6, good4), good4, []netip.AddrPort{shut6, good4}, 0},
			{"IPv6 is a black hole", all(dead6, good4), good4, []netip.AddrPort{dead6, good4}, AttemptDelay},
			{"first of both is a black hole", all(dead6, dead4, good6, good4), good6, []netip.AddrPort{dead6, dead4, good6}, 2 * AttemptDelay},
			{"refused behind a black hole", all(dead6, shut4, good6), good6, []netip.AddrPort{dead6, shut4, good6}, AttemptDelay},
			{"A comes after the first attempt, and has its turn", func(r *Race) {
				r.Add(Batch{Addrs: []netip.AddrPort{dead6, good6}}, false)
				r.Add(Batch{Addrs: []netip.AddrPort{shut4, good4}}, true)
			}, good6, []netip.AddrPort{dead6, shut4, good6}, AttemptDelay},
			{"A answers first, AAAA in time", func(r *Race) {
				r.Add(Batch{Addrs: []netip.AddrPort{shut4}}, false)
				r.Add(Batch{Addrs: []netip.AddrPort{good6}}, true)
			}, good6, []netip.AddrPort{shut4, good6}, 0},
			{"A answers first, AAAA never", func(r *Race) {
				r.Add(Batch{Addrs: []netip.AddrPort{good4}}, false)
			}, good4, []netip.AddrPort{good4}, resolutionDelay},
			{"A answers first, AAAA is empty", func(r *Race) {
				r.Add(Batch{Addrs: []netip.AddrPort{good4}}, false)
				r.Add(Batch{}, true)
			}, good4, []netip.AddrPort{good4}, 0},
			{"AAAA answers first", func(r *Race) {
				r.Add(Batch{Addrs: []netip.AddrPort{good6}}, false)
			}, good6, []netip.AddrPort{good6}, 0},
			{"a late answer when nothing is under way", func(r *Race) {
				r.Add(Batch{Addrs: []netip.AddrPort{shut6}}, false)
				l.After(100*time.Millisecond, func() { r.Add(Batch{Addrs: []netip.AddrPort{good4}}, true) })
			}, good4, []netip.AddrPort{shut6, good4}, 100 * time.Millisecond},
			{"a late answer long after the last attempt", func(r *Race) {
				r.Add(Batch{Addrs: []netip.AddrPort{dead6}}, false)
				l.After(AttemptDelay+50*time.Millisecond, func() { r.Add(Batch{Addrs: []netip.AddrPort{good4}}, true) })
			}, good4, []netip.AddrPort{dead6, good4}, AttemptDelay + 50*time.Millisecond},
		} {
			got := race(t, l, RaceOptions{}, c.script)
			if got.err != nil || got.winner != c.winner || !slices.Equal(got.attempts, c.attempts) || got.took < c.atLeast {
				t.Errorf("%s: %+v, want %v after %v, at least %v", c.name, got, c.winner, c.attempts, c.atLeast)
			}
		}
	})
}

func TestRaceLost(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		shut4, shut6, dead4 := refusing(t, "127.0.0.1"), refusing(t, "::1"), deaf(t, "127.0.0.1")
		got := race(t, l, RaceOptions{}, func(r *Race) { r.Add(Batch{Addrs: []netip.AddrPort{shut4, shut6}}, true) })
		want := fmt.Sprintf("connect %s: connection refused; connect %s: connection refused", shut4, shut6)
		if got.err == nil || got.err.Error() != want || !errors.Is(got.err, unix.ECONNREFUSED) {
			t.Errorf("lost with %v", got.err)
		}
		got = race(t, l, RaceOptions{Timeout: 50 * time.Millisecond}, func(r *Race) { r.Add(Batch{Addrs: []netip.AddrPort{dead4}}, true) })
		if want := fmt.Sprintf("connect %s: timed out", dead4); !errors.Is(got.err, ErrConnectTimeout) || got.err.Error() != want {
			t.Errorf("lost with %v", got.err)
		}
		cause := errors.New("no such name")
		got = race(t, l, RaceOptions{}, func(r *Race) { r.Add(Batch{Err: cause}, true) })
		if !errors.Is(got.err, cause) || got.err.Error() != cause.Error() {
			t.Errorf("lost with %v", got.err)
		}
		got = race(t, l, RaceOptions{AttemptDelay: -1}, func(r *Race) {
			r.Add(Batch{Addrs: []netip.AddrPort{dead4, shut4}}, true)
			l.After(2*AttemptDelay, func() { r.Cancel(cause) })
		})
		if !errors.Is(got.err, cause) || len(got.attempts) != 1 {
			t.Errorf("one after another: %+v", got)
		}
	})
}
