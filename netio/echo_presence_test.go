package netio

import (
	"io"
	"net"
	"sync"
	"testing"
)

// TestPresence has many connections come and leave at once, while some stay.
func TestPresence(t *testing.T) {
	var p Presence
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			p.came()
			for range 10_000 {
				p.came()
				p.leaves()
			}
		})
	}
	group.Wait()
	if peak := p.Peak(); p.open.Load() != 8 || peak < 9 || peak > 16 {
		t.Errorf("%d of 8 are left, at most %d were there", p.open.Load(), peak)
	}
}

// TestPresenceOfServersSideBySide has clients come one after another, in turn to two servers. The
// peak must be one.
func TestPresenceOfServersSideBySide(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		other, err := NewLoop("poll")
		must(t, err)
		defer other.Release()
		p := new(Presence)
		addr, stop := echoServer(t, l, EchoOptions{Presence: p})
		attended, stopOther := echoServer(t, other, EchoOptions{Presence: p, OnClose: func(uint32, *Conn, int64, int64, error) {}})
		for range 20 {
			for _, a := range []string{addr, attended} {
				c, err := net.Dial("tcp", a)
				must(t, err)
				c.(*net.TCPConn).CloseWrite()
				if _, err := io.ReadAll(c); err != nil {
					t.Error(err)
				}
				c.Close()
			}
		}
		stop()
		stopOther()
		if p.Peak() != 1 || p.open.Load() != 0 {
			t.Errorf("at most %d at a time, %d are left", p.Peak(), p.open.Load())
		}
	})
}
