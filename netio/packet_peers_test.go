package netio

import (
	"bytes"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// peersOf makes a listener on a loop. heard gets the Conns of its senders, if there is room.
func peersOf(t *testing.T, l *Loop, o ListenOptions, heard func(*Conn)) *PacketPeers {
	t.Helper()
	at := netip.MustParseAddrPort("127.0.0.1:0")
	ln, err := l.ListenPackets([]netip.AddrPort{at}, true, ListenOptions{})
	must(t, err)
	o.OnFailure = func(err error) { t.Error(err) }
	p, err := ln.Each(o, func(c *Conn, _ netip.AddrPort) { heard(c) })
	must(t, err)
	return p
}

// from returns the address of the sender with that number.
func from(n int) unix.Sockaddr {
	return &unix.SockaddrInet4{Addr: [4]byte{127, byte(n >> 16), byte(n >> 8), byte(n)}, Port: 1000}
}

// TestPeersAreBounded checks that neither many senders nor one busy sender takes more than the
// bound.
func TestPeersAreBounded(t *testing.T) {
	l, err := NewLoop("auto")
	must(t, err)
	defer l.Release()
	var conns []*Conn
	places := 1
	full := func() bool { return len(conns) >= places }
	p := peersOf(t, l, ListenOptions{BindOptions: sock.BindOptions{Backlog: 10}, Full: full}, func(c *Conn) { conns = append(conns, c) })
	s := p.sockets[0]
	for n := range 10_000 {
		s.deliver(from(n), nil, []byte("hello"))
	}
	if len(conns) != 1 || len(p.waiting) != 10 || len(p.peers) != 11 {
		t.Errorf("%d senders served, %d wait, %d known", len(conns), len(p.waiting), len(p.peers))
	}
	for range 10_000 {
		s.deliver(from(0), nil, make([]byte, 1000))
		s.deliver(from(1), nil, nil)
	}
	for n := range 2 {
		if peer := p.peers[peerKey{socket: s, remote: sock.AddrPort(s.fd, from(n))}]; peer.queued > peerQueue+1000+datagramCost {
			t.Errorf("the queue of sender %d takes %d bytes", n, peer.queued)
		}
	}
	conns[0].Close()
	places = 2
	must(t, p.Resume())
	l.After(10*time.Millisecond, l.Stop)
	runLoop(t, l)
	if len(conns) != 2 || conns[1].Name() != sock.AddrPort(s.fd, from(1)).String() {
		t.Errorf("%d senders served; the one that waited for longest is next", len(conns))
	}
	p.Close()
	if len(p.waiting) != 0 || p.sockets == nil {
		t.Error("Close cuts off the sender that is served, or keeps those that wait")
	}
	conns[1].Close()
	if p.sockets != nil || len(p.peers) != 0 || p.full != 0 {
		t.Error("the sockets are open though nobody is served")
	}
}

// TestPeersRest checks that a silent sender causes no step of the loop, nor does one with a full
// queue.
func TestPeersRest(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		path := t.TempDir() + "/listener"
		ln, err := l.ListenUnixPackets(path, true)
		must(t, err)
		p, err := ln.Each(ListenOptions{OnFailure: func(err error) { t.Error(err) }}, func(*Conn, netip.AddrPort) {})
		must(t, err)
		client := unixPackets(t, "")
		defer unix.Close(client)
		ended := make(chan struct{})
		go func() { defer close(ended); runLoop(t, l) }()
		data, sent := make([]byte, 10_000), 0
		for begun := time.Now(); time.Since(begun) < 200*time.Millisecond; { // well past full
			if unix.Sendto(client, data, 0, &unix.SockaddrUnix{Name: path}) == nil {
				sent, begun = sent+1, time.Now()
			}
		}
		waits := make(chan uint64)
		l.Post(func() {
			before := l.Waits()
			l.After(200*time.Millisecond, func() { waits <- l.Waits() - before })
		})
		if n := <-waits; n > 10 {
			t.Errorf("%d waits while nothing can be done", n)
		}
		received := make(chan int)
		l.Post(func() {
			n, buf := 0, make([]byte, len(data))
			for _, peer := range p.peers {
				var read func()
				read = func() {
					for {
						if _, err := peer.read(-1, buf); err != nil {
							break
						}
						n++
					}
					if n < sent {
						l.After(time.Millisecond, read)
						return
					}
					peer.conn.Close()
					p.Close()
					received <- n
					l.Stop()
				}
				read()
			}
		})
		select {
		case n := <-received:
			if n != sent {
				t.Errorf("%d datagrams of %d have come", n, sent)
			}
		case <-time.After(10 * time.Second):
			t.Error("datagrams were lost")
			l.Post(l.Stop)
		}
		<-ended
	})
}

// TestPastReads checks that the next command gets what the last one has not read, unless that has
// read nothing.
func TestPastReads(t *testing.T) {
	for _, row := range []struct {
		name   string
		read   []string
		unread int
		queue  []string
		left   string
	}{
		{"all was read", []string{"one", "two"}, 0, nil, "[]"},
		{"all was read, and more has come", []string{"one"}, 0, []string{"two"}, "[two]"},
		{"the last was not read", []string{"one", "two", "three"}, 5, []string{"four"}, "[three four]"},
		{"one was read in part", []string{"one", "two", "three"}, 7, nil, "[three]"},
		{"the first was read in part", []string{"one"}, 2, []string{"two"}, "[two]"},
		{"nothing was read", []string{"one", "two"}, 6, []string{"three"}, "[]"},
		{"an empty one between", []string{"one", "", "two"}, 3, nil, "[two]"},
	} {
		p := new(pastReads)
		for _, text := range row.read {
			p.add([]byte(text))
		}
		p.takeBack(row.unread)
		p.takeBack(1) // only the first call counts
		var queue [][]byte
		for _, text := range row.queue {
			queue = append(queue, []byte(text))
		}
		if left := fmt.Sprintf("%s", p.left(queue)); left != row.left {
			t.Errorf("%s: %s is left, want %s", row.name, left, row.left)
		}
	}
	long := new(pastReads)
	for range 1000 {
		long.add(make([]byte, 1000))
	}
	if long.size > pastMost+1000 {
		t.Errorf("%d bytes are remembered", long.size)
	}
	long.takeBack(pastMost)
	if left := bytes.Join(long.left(nil), nil); len(left) < pastMost-1000 {
		t.Errorf("%d bytes are left of as many as a pipe holds", len(left))
	}
}

// TestWrites checks that one read is one write, whatever its size, and that an empty write is no
// end.
func TestWrites(t *testing.T) {
	l, err := NewLoop("auto")
	must(t, err)
	defer l.Release()
	ours, theirs, err := l.Writes("the command's output")
	must(t, err)
	if _, pairs := ours.reader.(*writes); !pairs {
		t.Skip("this system joins writes")
	}
	long := bytes.Repeat([]byte("0123456789"), 30_000)
	for _, text := range []string{"one", "two", "", string(long), "end"} {
		_, err := unix.Write(int(theirs.Fd()), []byte(text))
		must(t, err)
	}
	theirs.Close()
	var got []string
	buf := make([]byte, bufferSize)
	for {
		n, err := ours.reader.read(ours.FD(), buf)
		if err == unix.EINTR {
			continue
		}
		must(t, err)
		if n == 0 {
			break
		}
		got = append(got, string(buf[:n]))
	}
	ours.Close()
	want := []string{"one", "two", string(long[:bufferSize]), string(long[bufferSize:]), "end"}
	if len(got) != len(want) {
		t.Fatalf("%d reads, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("read %d: %d bytes, want %d", i+1, len(got[i]), len(want[i]))
		}
	}
}

// TestUnreadIsForTheNext checks that the sender's next Conn gets what a command has not read: from
// the pipe, from the flow, and from the queue.
func TestUnreadIsForTheNext(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		var conns []*Conn
		p := peersOf(t, l, ListenOptions{}, func(c *Conn) { conns = append(conns, c) })
		s := p.sockets[0]
		s.deliver(from(1), nil, []byte("one"))
		in, theirOut, err := l.Writes("the command's output")
		must(t, err)
		out, theirIn, err := l.Pipe("the command's input", false)
		must(t, err)
		session := NewSession(l, conns[0], in, out, SessionOptions{Command: true}, func(Result) {})
		session.run()
		if text := receiveSoon(t, int(theirIn.Fd())); text != "one" {
			t.Fatalf("the command reads %q", text)
		}
		s.deliver(from(1), nil, []byte("two")) // into the pipe
		theirIn.Close()
		s.deliver(from(1), nil, []byte("three")) // no command reads it any more
		s.deliver(from(1), nil, []byte("four"))
		theirOut.Close()
		session.InputEnds(nil)
		l.After(50*time.Millisecond, l.Stop)
		runLoop(t, l)
		if len(conns) != 2 {
			t.Fatalf("%d Conns, want 2", len(conns))
		}
		b := make([]byte, 100)
		for _, want := range []string{"two", "three", "four"} {
			if n, err := conns[1].read(b); err != nil || string(b[:n]) != want {
				t.Errorf("read %q, %v; want %q", b[:n], err, want)
			}
		}
		conns[1].Close()
		p.Close()
	})
}
