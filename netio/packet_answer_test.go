package netio

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// manyHeard is a listener that receives from every peer, and its standard streams.
type manyHeard struct {
	*testing.T
	toIn, fromOut int
	stop          func()
}

func hearMany(t *testing.T, l *Loop, p *PacketListener) *manyHeard {
	t.Helper()
	in, out, toIn, fromOut := pipes(t, l)
	var session *Session
	must(t, p.Hear(func(c *Conn, _ netip.AddrPort) {
		session = NewSession(l, c, in, out, SessionOptions{}, func(r Result) {
			if r.Err != nil {
				t.Errorf("the session ended: %v", r.Err)
			}
			l.Stop()
		})
	}, func(err error) { t.Error(err); l.Stop() }))
	ended := make(chan struct{})
	go func() { defer close(ended); runLoop(t, l) }()
	return &manyHeard{t, toIn, fromOut, func() {
		l.Post(func() {
			if session != nil {
				session.Abort(session.err)
			}
			l.Stop()
		})
		<-ended
		unix.Close(toIn)
		unix.Close(fromOut)
	}}
}

// say writes text to stdin, and waits until it has been taken.
func (m *manyHeard) say(text string) {
	m.Helper()
	_, err := unix.Write(m.toIn, []byte(text))
	must(m.T, err)
	for begun := time.Now(); sock.Unread(m.toIn) > 0; time.Sleep(time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			m.Fatalf("nobody takes %q from stdin", text)
		}
	}
}

// hears waits for want on stdout.
func (m *manyHeard) hears(want string) {
	m.Helper()
	if text := receiveSoon(m.T, m.fromOut); text != want {
		m.Fatalf("heard %q, want %q", text, want)
	}
}

// serves fails unless the listener receives from the socket client and answers it.
func (m *manyHeard) serves(client int, listener unix.Sockaddr) {
	m.Helper()
	must(m.T, unix.Sendto(client, []byte("there"), 0, listener))
	m.hears("there")
	m.say("answer")
	if text := receiveSoon(m.T, client); text != "answer" {
		m.Errorf("%q has come instead of the answer", text)
	}
}

// receiveSoon reads once, as soon as there is a datagram. It fails if none comes soon.
func receiveSoon(t *testing.T, fd int) string {
	t.Helper()
	if n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 10_000); n != 1 {
		return ""
	}
	b := make([]byte, 100)
	n, err := unix.Read(fd, b)
	must(t, err)
	return string(b[:n])
}

// unixPackets makes a datagram socket. With path "" it has no name.
func unixPackets(t *testing.T, path string) int {
	t.Helper()
	fd, err := sock.New(unix.AF_UNIX, unix.SOCK_DGRAM)
	must(t, err)
	if path != "" {
		must(t, unix.Bind(fd, &unix.SockaddrUnix{Name: path}))
	}
	return fd
}

// TestAnswerWaitsForRoom checks that the loop does next to nothing while the peer does not read,
// and that the peer gets the answer once it reads.
func TestAnswerWaitsForRoom(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		dir := t.TempDir()
		listener, client := &unix.SockaddrUnix{Name: dir + "/listener"}, &unix.SockaddrUnix{Name: dir + "/client"}
		p, err := l.ListenUnixPackets(listener.Name, true)
		must(t, err)
		m := hearMany(t, l, p)
		defer m.stop()
		fd, other := unixPackets(t, client.Name), unixPackets(t, "")
		defer unix.Close(fd)
		defer unix.Close(other)
		must(t, unix.Sendto(fd, []byte("question"), 0, listener))
		m.hears("question")
		filling := 0
		for unix.Sendto(other, []byte("filling"), 0, client) == nil {
			filling++
		}
		m.say("answer")
		waits := make(chan uint64)
		l.Post(func() {
			before := l.Waits()
			l.After(300*time.Millisecond, func() { waits <- l.Waits() - before })
		})
		if n := <-waits; n > 50 {
			t.Errorf("%d waits for a peer that does not read", n)
		}
		for range filling {
			if text := receiveSoon(t, fd); text != "filling" {
				t.Fatalf("%q has come", text)
			}
		}
		if text := receiveSoon(t, fd); text != "answer" {
			t.Errorf("%q has come instead of the answer", text)
		}
	})
}

// TestAnswerToWhoHasGone checks that a peer that has gone does not end the service for the others.
// Its answer is lost.
func TestAnswerToWhoHasGone(t *testing.T) {
	for _, set := range []struct {
		name  string
		path  string
		leave func(t *testing.T, path string)
	}{
		{"its path is there", "/gone", func(*testing.T, string) {}},
		{"its path is gone", "/gone", func(t *testing.T, path string) { must(t, unix.Unlink(path)) }},
		{"its path is a stream's", "/gone", func(t *testing.T, path string) {
			must(t, unix.Unlink(path))
			ln, err := net.Listen("unix", path)
			must(t, err)
			t.Cleanup(func() { ln.Close() })
		}},
		{"it has no path", "", func(*testing.T, string) {}},
	} {
		t.Run(set.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, l *Loop) {
				dir := t.TempDir()
				listener := &unix.SockaddrUnix{Name: dir + "/listener"}
				p, err := l.ListenUnixPackets(listener.Name, true)
				must(t, err)
				m := hearMany(t, l, p)
				defer m.stop()
				path := set.path
				if path != "" {
					path = dir + path
				}
				gone, there := unixPackets(t, path), unixPackets(t, dir+"/there")
				defer unix.Close(there)
				must(t, unix.Sendto(gone, []byte("gone"), 0, listener))
				m.hears("gone")
				must(t, unix.Close(gone))
				set.leave(t, path)
				m.say("lost")
				m.serves(there, listener)
			})
		})
	}
}
