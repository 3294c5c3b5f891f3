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

	"gnc/mux"
)

// echoServer runs an echo server on l in a goroutine of its own. stop ends it and returns its
// totals.
func echoServer(t *testing.T, l *Loop, o EchoOptions) (addr string, stop func() EchoTotals) {
	t.Helper()
	_, addr, stop = newEchoServer(t, l, o)
	return addr, stop
}

func newEchoServer(t *testing.T, l *Loop, o EchoOptions) (s *Echo, addr string, stop func() EchoTotals) {
	t.Helper()
	ln, err := l.Listen([]netip.AddrPort{loopback}, ListenOptions{OnFailure: func(err error) { t.Error(err) }})
	must(t, err)
	addr = ln.Addrs()[0].String()
	s, err = NewEcho(ln, o)
	must(t, err)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		runLoop(t, l)
	}()
	return s, addr, func() EchoTotals {
		l.Post(func() { s.Stop(time.Second, l.Stop) })
		<-ended
		return s.Totals
	}
}

// TestEchoIsExact has many clients send random pieces at once. Each reads at its own pace and
// half-closes at the end.
func TestEchoIsExact(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) { echoIsExact(t, l, EchoOptions{}) })
}

// TestEchoIsExactWhenTold does the same with callbacks, so that every connection has a flow of its
// own.
func TestEchoIsExactWhenTold(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		var told int64
		total := echoIsExact(t, l, EchoOptions{OnClose: func(_ uint32, _ *Conn, received, sent int64, err error) {
			told += sent
			if received != sent || err != nil {
				t.Errorf("%d bytes were received, %d sent, %v", received, sent, err)
			}
		}})
		if told != total {
			t.Errorf("told of %d bytes, %d were echoed", told, total)
		}
	})
}

func echoIsExact(t *testing.T, l *Loop, o EchoOptions) (total int64) {
	addr, stop := echoServer(t, l, o)
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
	return total
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

// TestEchoOfClientsThatNeverRead has some clients send for ever and read nothing. The others must
// be served, and each of those may hold one buffer at most.
func TestEchoOfClientsThatNeverRead(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		s, addr, stop := newEchoServer(t, l, EchoOptions{})
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
		if _, _, held := s.look(); held > deaf*echoBuffer {
			t.Errorf("%d clients that do not read hold %d bytes", deaf, held)
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

// look returns how many connections rest, how many do not, and the size of the buffers that those
// hold.
func (s *Echo) look() (resting, busy, held int) {
	done := make(chan struct{})
	s.loop.Post(func() {
		defer close(done)
		resting, busy, held = s.connections()
	})
	<-done
	return resting, busy, held
}

func (s *Echo) connections() (resting, busy, held int) {
	s.resting.Each(func(int) { resting++ })
	s.loop.Handlers(func(h mux.Handler) {
		if e := echoConnOf(h); e != nil {
			busy++
			held += cap(e.copier.buf)
		}
	})
	return resting, busy, held
}

// TestEchoConnsRest checks that a connection without unsent bytes is only a descriptor. A client
// that did not read for a while must come to rest too, once it has read.
func TestEchoConnsRest(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		s, addr, stop := newEchoServer(t, l, EchoOptions{})
		await := func(wantResting, wantBusy int) {
			t.Helper()
			for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
				resting, busy, _ := s.look()
				if resting == wantResting && busy == wantBusy {
					return
				}
				if time.Now().After(end) {
					t.Fatalf("%d connections at rest and %d others, want %d and %d", resting, busy, wantResting, wantBusy)
				}
			}
		}
		var conns []net.Conn
		b := []byte("x")
		for range 20 {
			c, err := net.Dial("tcp", addr)
			must(t, err)
			conns = append(conns, c)
			c.Write(b)
			_, err = io.ReadFull(c, b)
			must(t, err)
		}
		slow, err := net.Dial("tcp", addr)
		must(t, err)
		conns = append(conns, slow)
		want := randomBytes(rand.New(rand.NewPCG(1, 7)), 32<<20)
		go slow.Write(want)
		await(20, 1)
		got := make([]byte, len(want))
		_, err = io.ReadFull(slow, got)
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Error("what came back differs")
		}
		await(21, 0)
		for _, c := range conns {
			c.Close()
		}
		stop()
	})
}

// TestEchoLeavesNothingBehind opens and closes connections, one by one and many at once. Then it
// counts descriptors, timers and connections.
func TestEchoLeavesNothingBehind(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		for _, o := range []EchoOptions{{}, {Idle: time.Minute}} {
			echoLeavesNothing(t, l, o)
		}
	})
}

func echoLeavesNothing(t *testing.T, l *Loop, o EchoOptions) {
	before := openDescriptors(t)
	s, addr, stop := newEchoServer(t, l, o)
	const inTurn, atOnce = 1000, 400
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
	if resting, busy, _ := s.connections(); resting+busy > 0 {
		t.Errorf("%d connections are left", resting+busy)
	}
	runtime.GC() // frees the test's own sockets
	if after := openDescriptors(t); after != before {
		t.Errorf("%d descriptors, %d before", after, before)
	}
}

// TestMaxConnsLeavesTheRestInTheBacklog checks that surplus connections are neither accepted and
// dropped nor polled again and again.
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
		addr, stop := echoServer(t, l, EchoOptions{Idle: 500 * time.Millisecond})
		c, err := net.Dial("tcp", addr)
		must(t, err)
		defer c.Close()
		b := make([]byte, 1)
		for range 3 { // longer than the time-out, but never idle
			time.Sleep(200 * time.Millisecond)
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

// idleAndDeaf connects one client that does nothing, and one that sends without reading.
func idleAndDeaf(t *testing.T, addr string) {
	t.Helper()
	for _, text := range [][]byte{nil, make([]byte, 64<<20)} {
		c, err := net.Dial("tcp", addr)
		must(t, err)
		t.Cleanup(func() { c.Close() })
		go c.Write(text)
	}
}

// TestEchoStopCutsOff stops a server while a client never reads. Its bytes must count as cut off.
func TestEchoStopCutsOff(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		addr, stop := echoServer(t, l, EchoOptions{})
		idleAndDeaf(t, addr)
		time.Sleep(50 * time.Millisecond)
		if got := stop(); got.CutOff != 1 || got.Peak != 2 {
			t.Errorf("totals %+v", got)
		}
	})
}

// TestEchoTellsOfWhatItCutsOff checks OnClose of such a connection: it has an error, and received
// more than it sent.
func TestEchoTellsOfWhatItCutsOff(t *testing.T) {
	type end struct {
		holds bool
		err   error
	}
	onEach(t, func(t *testing.T, l *Loop) {
		var ends [3]end
		s, addr, stop := newEchoServer(t, l, EchoOptions{OnClose: func(id uint32, _ *Conn, received, sent int64, err error) {
			ends[id] = end{received > sent, err}
		}})
		idleAndDeaf(t, addr)
		for held := 0; held == 0; _, _, held = s.look() {
			time.Sleep(time.Millisecond)
		}
		stop()
		if ends[1] != (end{}) || ends[2] != (end{true, ErrCutOff}) {
			t.Errorf("the ends of an idle client and of one that does not read: %v", ends[1:])
		}
	})
}
