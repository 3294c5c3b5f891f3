package netio

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// fickleHub is a hub whose streams and clients become ready at random.
type fickleHub struct {
	*Hub
	rand    *rand.Rand
	stdin   *fickle
	stdout  *fickle
	clients []*fickleClient
	open    int
}

// fickleClient is one client of a fickleHub, with the bytes that it sends and gets.
type fickleClient struct {
	*fickle
	session *Session
	conn    *Conn
	result  Result
	ended   bool
}

func newFickleHub(t *testing.T, l *Loop, r *rand.Rand, in []byte, o HubOptions) *fickleHub {
	t.Helper()
	h := &fickleHub{rand: r, stdin: &fickle{rand: r, in: in}, stdout: &fickle{rand: r}}
	stdin, stdout := h.conn(l, h.stdin), h.conn(l, h.stdout)
	if o.Relay {
		stdin, stdout = nil, nil
	}
	h.Hub = NewHub(l, stdin, stdout, o, func(err error) { t.Error(err) })
	return h
}

// conn makes a Conn without a descriptor. The test acts as its loop.
func (h *fickleHub) conn(l *Loop, f *fickle) *Conn {
	name := "fickle"
	return &Conn{loop: l, fd: -1, reader: f, writer: f, label: named(name)}
}

// join adds a client that sends the bytes of f.
func (h *fickleHub) join(f *fickle, o SessionOptions) {
	id := len(h.clients) + 1
	c := &fickleClient{fickle: f}
	f.rand = h.rand
	c.conn = h.conn(h.loop, f)
	h.clients = append(h.clients, c)
	h.open++
	c.session = h.Join(c.conn, id, fmt.Sprint("somebody ", id), Ends{}, o, func(r Result) {
		c.result, c.ended = r, true
		h.open--
	})
}

// ready reports which of stdin and stdout are ready.
func (h *fickleHub) ready() [2]bool {
	return [2]bool{h.in != nil && h.in.readReady, h.out != nil && h.out.writeReady}
}

// drive reports readiness at random, only to Conns with an interest, until every client's session
// has ended. The hub runs only when a stream is ready or a client has woken the hub.
func (h *fickleHub) drive(t *testing.T) {
	t.Helper()
	for range 1 << 18 {
		if h.open == 0 {
			return
		}
		wasReady := h.ready()
		if h.in != nil {
			h.in.readReady = h.in.readReady || h.source.wantsRead() && h.rand.IntN(2) == 0
		}
		if h.out != nil {
			f := h.turn.holder
			h.out.writeReady = h.out.writeReady || f != nil && f.wantsWrite() && h.rand.IntN(2) == 0
		}
		for _, c := range h.clients {
			if c.ended || h.rand.IntN(2) == 0 {
				continue
			}
			c.conn.readReady = c.conn.readReady || c.session.recv.wantsRead()
			c.conn.writeReady = c.conn.writeReady || c.session.send.wantsWrite()
			c.session.run()
		}
		if h.pulse.Waiting() || h.ready() != wasReady || h.in != nil && h.in.readReady && h.source.wantsRead() {
			h.pulse.Stop()
			h.run()
		}
	}
	t.Fatalf("%d sessions never end", h.open)
}

// marked returns n records of 16 bytes for a client to send. A record has the numbers of the client
// and of the record.
func marked(client, n int) []byte {
	var b []byte
	for i := range n {
		b = append(b, fmt.Sprintf("%06d:%08d\n", client, i)...)
	}
	return b
}

// TestHubLosesAndReordersNothing checks that every client gets all of stdin, and that stdout gets
// all bytes of every client, in any order of readiness.
func TestHubLosesAndReordersNothing(t *testing.T) {
	l, err := NewLoop("auto")
	must(t, err)
	defer l.Release()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		in := randomBytes(r, r.IntN(1<<20))
		h := newFickleHub(t, l, r, in, HubOptions{})
		o := SessionOptions{}
		if seed%3 == 1 {
			o.Telnet = true // inspects every byte
		}
		total := 0
		for n := range 1 + r.IntN(12) {
			sends := marked(n, r.IntN(4000))
			total += len(sends)
			h.join(&fickle{in: sends}, o)
		}
		h.drive(t)
		if got := h.stdout.out.Len(); got != total {
			t.Fatalf("seed %d: %d bytes of %d in stdout", seed, got, total)
		}
		for n, c := range h.clients {
			if c.result.Err != nil || !c.shut || !bytes.Equal(c.out.Bytes(), in) {
				t.Fatalf("seed %d: client %d got %d of %d bytes: %v", seed, n, c.out.Len(), len(in), c.result.Err)
			}
		}
		if len(h.all.chunks) > 0 || len(h.all.feeds) > 0 || h.turn.holder != nil || len(h.turn.line) > 0 {
			t.Fatalf("seed %d: something is left of clients that have gone", seed)
		}
		h.Close()
	}
}

// TestHubMixesNoReads checks that stdout gets the reads one after another, in their order.
func TestHubMixesNoReads(t *testing.T) {
	l, err := NewLoop("auto")
	must(t, err)
	defer l.Release()
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 8))
		h := newFickleHub(t, l, r, nil, HubOptions{})
		var reads bytes.Buffer
		for n := range 8 {
			h.join(&fickle{in: marked(n, 3000), log: &reads}, SessionOptions{})
		}
		h.drive(t)
		if reads.Len() != 8*len(marked(0, 3000)) || !bytes.Equal(h.stdout.out.Bytes(), reads.Bytes()) {
			t.Fatalf("seed %d: reads are mixed", seed)
		}
		h.Close()
	}
}

// TestRelayGivesToAllOthers checks that a client that only listens gets all bytes of the others,
// and that no client gets its own bytes back.
func TestRelayGivesToAllOthers(t *testing.T) {
	l, err := NewLoop("auto")
	must(t, err)
	defer l.Release()
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 9))
		h := newFickleHub(t, l, r, nil, HubOptions{Relay: true})
		h.join(&fickle{inErr: unix.EAGAIN}, SessionOptions{}) // listens, and never ends
		want := make([][]byte, 5)
		total := 0
		for n := range want {
			want[n] = marked(n, r.IntN(3000))
			total += len(want[n])
			h.join(&fickle{in: want[n]}, SessionOptions{})
		}
		h.open--
		h.drive(t)
		listener := h.clients[0]
		for range 1 << 14 {
			listener.conn.writeReady = true
			listener.session.run()
			h.run()
		}
		if listener.out.Len() != total {
			t.Fatalf("seed %d: %d bytes of %d came", seed, listener.out.Len(), total)
		}
		for n, c := range h.clients[1:] {
			if mine := fmt.Appendf(nil, "%06d:", n); bytes.Contains(c.out.Bytes(), append([]byte("\n"), mine...)) {
				t.Fatalf("seed %d: client %d got its own", seed, n)
			}
		}
		listener.session.Abort(nil)
		h.Close()
	}
}

// TestStalledClientIsDropped checks that the hub drops a client that takes nothing, and that the
// other client gets all bytes.
func TestStalledClientIsDropped(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		in, out, toIn, fromOut := pipes(t, l)
		defer unix.Close(fromOut)
		h := NewHub(l, in, out, HubOptions{Patience: 50 * time.Millisecond}, func(err error) { t.Error(err) })
		stuck, stuckPeer := pair(t, l)
		defer unix.Close(stuckPeer)
		reading, peer := pair(t, l)
		must(t, unix.SetsockoptInt(stuck.FD(), unix.SOL_SOCKET, unix.SO_SNDBUF, 4096))
		const size = 16 << 20
		go func() {
			defer unix.Close(toIn)
			for p, n := make([]byte, 1<<16), 0; n < size; n += len(p) {
				for q := p; len(q) > 0; {
					m, err := unix.Write(toIn, q)
					if err != nil && err != unix.EINTR {
						return
					}
					q = q[max(m, 0):]
				}
			}
		}()
		got := make(chan int)
		go func() {
			n := 0
			for p := make([]byte, 1<<16); ; {
				m, err := unix.Read(peer, p)
				if err == unix.EINTR {
					continue
				}
				if m <= 0 {
					break
				}
				n += m
			}
			unix.Close(peer)
			got <- n
		}()
		var results [2]Result
		left := 2
		for i, c := range []*Conn{stuck, reading} {
			h.Join(c, i+1, "", Ends{}, SessionOptions{}, func(r Result) {
				results[i] = r
				if left--; left == 0 {
					l.Stop()
				}
			})
		}
		runLoop(t, l)
		if n := <-got; n != size || results[1].Err != nil {
			t.Errorf("the client that reads got %d of %d bytes: %v", n, size, results[1].Err)
		}
		if !errors.Is(results[0].Err, ErrHeldUp) {
			t.Errorf("the client that does not read ended with %v", results[0].Err)
		}
		h.Close()
	})
}
