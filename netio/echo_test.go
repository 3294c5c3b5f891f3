package netio

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"time"
)

// echoServer runs an echo server on l in a goroutine of its own. stop ends it and returns what it did.
func echoServer(t *testing.T, l *Loop, o EchoOptions) (addr string, stop func() EchoTotals) {
	t.Helper()
	ln, err := l.Listen([]netip.AddrPort{loopback}, ListenOptions{OnFailure: func(err error) { t.Error(err) }})
	must(t, err)
	addr = ln.Addrs()[0].String()
	s, err := NewEcho(ln, o)
	must(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		runLoop(t, l)
	}()
	return addr, func() EchoTotals {
		l.Post(func() { s.Stop(time.Second, l.Stop) })
		<-ended
		return s.Totals
	}
}

// TestEchoIsExact has many clients send random pieces at once, each reading at its own pace, and half-close at the end.
func TestEchoIsExact(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		addr, stop := echoServer(t, l, EchoOptions{})
		var total int64
		var clients sync.WaitGroup
		for seed := range uint64(50) {
			r := rand.New(rand.NewPCG(seed, 5))
			want := randomBytes(r, r.IntN(1<<20))
			total += int64(len(want))
			clients.Go(func() { echoClient(t, addr, r, want) })
		}
		clients.Wait()
		if got := stop(); got.Conns != 50 || got.Bytes != total || got.CutOff != 0 {
			t.Errorf("totals %+v, %d bytes were sent", got, total)
		}
	})
}

func echoClient(t *testing.T, addr string, r *rand.Rand, want []byte) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	defer c.Close()
	go func() {
		for rest := want; len(rest) > 0; {
			n := min(1+r.IntN(200_000), len(rest))
			c.Write(rest[:n])
			rest = rest[n:]
		}
		c.(*net.TCPConn).CloseWrite()
	}()
	if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d of %d bytes came back, %v", len(got), len(want), err)
	}
}

// TestEchoOfClientsThatNeverRead has some clients send for ever and read nothing: the others are served, and each of
// those holds one buffer at most.
func TestEchoOfClientsThatNeverRead(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		addr, stop := echoServer(t, l, EchoOptions{})
		const deaf = 20
		conns := make([]net.Conn, deaf)
		for i := range conns {
			c, err := net.Dial("tcp", addr)
			must(t, err)
			defer c.Close()
			conns[i] = c
			go c.Write(make([]byte, 64<<20))
		}
		r := rand.New(rand.NewPCG(1, 6))
		for range 20 {
			echoClient(t, addr, r, randomBytes(r, 100_000))
		}
		held := make(chan int)
		l.Post(func() {
			n := 0
			for _, e := range connectionsOf(l) {
				n += cap(e.copier.buf)
			}
			held <- n
		})
		if n := <-held; n > deaf*echoBuffer {
			t.Errorf("%d clients that do not read hold %d bytes", deaf, n)
		}
		for _, c := range conns {
			c.(*net.TCPConn).SetLinger(0)
			c.Close() // a reset frees everything
		}
		if got := stop(); got.CutOff != 0 {
			t.Errorf("%+v: connections that were reset are still open", got)
		}
	})
}

func connectionsOf(l *Loop) []*echoConn { return (&Echo{loop: l}).connections() }

// TestEchoLeavesNothingBehind opens and closes connections one after another and many at once, and counts descriptors,
// timers and connections afterwards.
func TestEchoLeavesNothingBehind(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		before := openDescriptors(t)
		addr, stop := echoServer(t, l, EchoOptions{Idle: time.Minute})
		const inTurn, atOnce = 2000, 400
		for range inTurn {
			c, err := net.Dial("tcp", addr)
			must(t, err)
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}
		conns := make([]net.Conn, atOnce)
		for i := range conns {
			c, err := net.Dial("tcp", addr)
			must(t, err)
			conns[i] = c
		}
		for _, c := range conns {
			c.Close()
		}
		got := stop()
		if got.Conns < atOnce || got.Conns > inTurn+atOnce {
			t.Errorf("totals %+v", got)
		}
		if left := connectionsOf(l); len(left) > 0 {
			t.Errorf("%d connections are left", len(left))
		}
		runtime.GC() // the sockets of the test's own
		if after := openDescriptors(t); after != before {
			t.Errorf("%d descriptors, %d before", after, before)
		}
	})
}

// TestMaxConnsLeavesTheRestInTheBacklog: they are neither accepted and dropped nor asked for again and again.
func TestMaxConnsLeavesTheRestInTheBacklog(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		addr, stop := echoServer(t, l, EchoOptions{MaxConns: 2})
		var conns []net.Conn
		for range 4 {
			c, err := net.Dial("tcp", addr)
			must(t, err)
			defer c.Close()
			c.Write([]byte("x"))
			conns = append(conns, c)
		}
		b := make([]byte, 1)
		for _, c := range conns[:2] {
			_, err := io.ReadFull(c, b)
			must(t, err)
		}
		waits := make(chan uint64)
		ask := func() uint64 {
			l.Post(func() { waits <- l.Waits() })
			return <-waits
		}
		first := ask()
		conns[2].SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		if _, err := conns[2].Read(b); err == nil {
			t.Error("a third connection is served beside two")
		}
		if n := ask() - first; n > 3 {
			t.Errorf("a full server asked its poller %d times", n)
		}
		conns[2].SetReadDeadline(time.Time{})
		conns[0].Close()
		conns[1].Close()
		for _, c := range conns[2:] {
			_, err := io.ReadFull(c, b)
			must(t, err)
			c.Close()
		}
		if got := stop(); got.Peak != 2 || got.Conns != 4 {
			t.Errorf("totals %+v", got)
		}
	})
}

func TestEchoIdleTimeout(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		addr, stop := echoServer(t, l, EchoOptions{Idle: 150 * time.Millisecond})
		c, err := net.Dial("tcp", addr)
		must(t, err)
		defer c.Close()
		b := make([]byte, 1)
		for range 4 { // longer than the time-out, but never idle
			time.Sleep(60 * time.Millisecond)
			c.Write([]byte("x"))
			_, err := io.ReadFull(c, b)
			must(t, err)
		}
		if _, err := c.Read(b); err != io.EOF {
			t.Errorf("an idle connection ends with %v", err)
		}
		stop()
	})
}

// TestEchoFaults has each fault do what it says, to one connection.
func TestEchoFaults(t *testing.T) {
	data := []byte("0123456789abcdefghij")
	// talk sends data, ends, and returns all that comes back, in the pieces of each read.
	talk := func(t *testing.T, l *Loop, f Faults, rate int64) (pieces []string, took time.Duration, err error) {
		addr, stop := echoServer(t, l, EchoOptions{Faults: f, Rate: rate})
		defer stop()
		c, err := net.Dial("tcp", addr)
		must(t, err)
		defer c.Close()
		begin := time.Now()
		c.Write(data)
		if f.StallAfter == 0 {
			c.(*net.TCPConn).CloseWrite()
		} else {
			c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		}
		b := make([]byte, 100)
		for {
			n, err := c.Read(b)
			if n > 0 {
				pieces = append(pieces, string(b[:n]))
			}
			if err != nil {
				return pieces, time.Since(begin), err
			}
		}
	}
	whole := func(pieces []string) (s string) {
		for _, p := range pieces {
			s += p
		}
		return s
	}
	onEach(t, func(t *testing.T, l *Loop) {
		if p, took, err := talk(t, l, Faults{Delay: 100 * time.Millisecond}, 0); whole(p) != string(data) || err != io.EOF || took < 100*time.Millisecond {
			t.Errorf("delay: %q after %v, %v", p, took, err)
		}
		if p, _, err := talk(t, l, Faults{Chunk: 3}, 0); whole(p) != string(data) || err != io.EOF {
			t.Errorf("chunk: %q, %v", p, err)
		}
		if p, _, err := talk(t, l, Faults{CorruptEvery: 10}, 0); whole(p) != "012345678\xc6abcdefghi\x95" || err != io.EOF {
			t.Errorf("corrupt-every: %q, %v", p, err)
		}
		if p, _, err := talk(t, l, Faults{CloseAfter: 7}, 0); whole(p) != "0123456" || err != io.EOF {
			t.Errorf("close-after: %q, %v", p, err)
		}
		if p, _, err := talk(t, l, Faults{StallAfter: 5}, 0); whole(p) != "01234" || !isTimeout(err) {
			t.Errorf("stall-after: %q, %v", p, err)
		}
		if p, _, err := talk(t, l, Faults{ResetAfter: 7}, 0); len(whole(p)) > 7 || err == io.EOF || isTimeout(err) {
			t.Errorf("reset-after: %q, %v", p, err)
		}
		if p, took, err := talk(t, l, Faults{}, 100); whole(p) != string(data) || err != io.EOF || took < 100*time.Millisecond {
			t.Errorf("rate: %q after %v, %v", p, took, err)
		}
	})
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

// TestEchoStopCutsOff stops a server under a client that never reads: its bytes are counted as cut off.
func TestEchoStopCutsOff(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		addr, stop := echoServer(t, l, EchoOptions{})
		idle, err := net.Dial("tcp", addr)
		must(t, err)
		defer idle.Close()
		deaf, err := net.Dial("tcp", addr)
		must(t, err)
		defer deaf.Close()
		go deaf.Write(make([]byte, 64<<20))
		time.Sleep(50 * time.Millisecond)
		if got := stop(); got.CutOff != 1 || got.Peak != 2 {
			t.Errorf("totals %+v", got)
		}
	})
}
