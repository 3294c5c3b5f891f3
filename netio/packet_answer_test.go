package netio

import (
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// hearMany has a listener hear all that come, until stop; say writes to stdin, next gives what was heard.
func hearMany(t *testing.T, l *Loop, p *PacketListener) (say func(string), next func() string, stop func()) {
	t.Helper()
	in, out, toIn, fromOut := pipes(t, l)
	var session *Session
	ended := make(chan struct{})
	must(t, p.Hear(func(c *Conn, _ netip.AddrPort) {
		session = NewSession(l, c, in, out, SessionOptions{}, func(r Result) {
			if r.Err != nil {
				t.Errorf("the session ended: %v", r.Err)
			}
			l.Stop()
		})
	}, func(err error) { t.Error(err); l.Stop() }))
	go func() { defer close(ended); runLoop(t, l) }()
	say = func(text string) {
		t.Helper()
		_, err := unix.Write(toIn, []byte(text))
		must(t, err)
	}
	next = func() string {
		b := make([]byte, 100)
		if n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fromOut), Events: unix.POLLIN}}, 10_000); n != 1 {
			return "nothing"
		}
		n, err := unix.Read(fromOut, b)
		must(t, err)
		return string(b[:n])
	}
	stop = func() {
		l.Post(func() {
			if session != nil {
				session.Abort(nil)
			}
			l.Stop()
		})
		<-ended
		unix.Close(toIn)
		unix.Close(fromOut)
	}
	return say, next, stop
}

// TestAnswerWaitsForRoom: while the peer does not read, the loop does next to nothing; once it does, it gets the answer.
func TestAnswerWaitsForRoom(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		dir := t.TempDir()
		listener, client := &unix.SockaddrUnix{Name: dir + "/listener"}, &unix.SockaddrUnix{Name: dir + "/client"}
		p, err := l.ListenUnixPackets(listener.Name, true)
		must(t, err)
		fd, err := newSocket(unix.AF_UNIX, unix.SOCK_DGRAM)
		must(t, err)
		defer unix.Close(fd)
		must(t, unix.Bind(fd, client))
		say, next, stop := hearMany(t, l, p)
		defer stop()
		must(t, unix.Sendto(fd, []byte("question"), 0, listener))
		if heard := next(); heard != "question" {
			t.Fatalf("heard %q", heard)
		}
		other, err := newSocket(unix.AF_UNIX, unix.SOCK_DGRAM)
		must(t, err)
		defer unix.Close(other)
		filling := 0
		for unix.Sendto(other, []byte("filling"), 0, client) == nil {
			filling++
		}
		say("answer")
		waits := make(chan uint64)
		l.Post(func() {
			before := l.Waits()
			l.After(300*time.Millisecond, func() { waits <- l.Waits() - before })
		})
		if n := <-waits; n > 50 {
			t.Errorf("%d waits for a peer that does not read", n)
		}
		b := make([]byte, 100)
		for want := "filling"; filling >= 0; filling-- {
			if filling == 0 {
				want = "answer"
			}
			if n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 10_000); n != 1 {
				t.Fatalf("no %s has come", want)
			}
			if n, err := unix.Read(fd, b); err != nil || string(b[:n]) != want {
				t.Fatalf("%q has come, %v; want %s", b[:n], err, want)
			}
		}
	})
}
