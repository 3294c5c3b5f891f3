package netio

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// TestVsock moves bytes both ways over vsock's loopback. Where the kernel has none it checks only
// the error, and is skipped, not passed.
func TestVsock(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		before := openDescriptors(t)
		any, err := sock.ParseVsock("any", "0", true)
		must(t, err)
		ln, err := l.ListenVsock(any, ListenOptions{OnFailure: func(err error) { t.Error(err) }})
		if errors.Is(err, unix.EAFNOSUPPORT) {
			if !strings.Contains(err.Error(), "this system has no vsock") {
				t.Error(err)
			}
			t.Skip("no vsock here; only its error was shown:", err)
		}
		must(t, err)
		port := ln.Vsock().Port
		if port == 0 || port == sock.VsockAny {
			t.Errorf("listens on port %d", port)
		}
		results := 0
		ended := func(r Result) {
			if r.Err != nil || r.Sent != 1<<20 || r.Received != 1<<20 {
				t.Errorf("%+v", r)
			}
			if results++; results == 2 {
				l.Stop()
			}
		}
		join := func(c *Conn) {
			in, out, toIn, fromOut := pipes(t, l)
			go func() { unix.Write(toIn, make([]byte, 1<<20)); unix.Close(toIn) }()
			go func() { drain(fromOut); unix.Close(fromOut) }()
			NewSession(l, c, in, out, SessionOptions{}, ended)
		}
		must(t, ln.Accept(func(c *Conn, _ netip.AddrPort) {
			if !strings.HasPrefix(c.Name(), "vsock:") {
				t.Errorf("the client is called %s", c.Name())
			}
			ln.Close()
			join(c)
		}))
		l.DialVsock(sock.VsockAddr{CID: 1, Port: port}, 300*time.Millisecond, sock.Options{}, func(c *Conn, dialErr error) {
			if err = dialErr; err != nil {
				l.Stop()
				return
			}
			join(c)
		})
		runLoop(t, l)
		if err == nil {
			return
		}
		ln.Close()
		l.Post(l.Stop)
		runLoop(t, l) // closes the descriptors
		var vsock *sock.VsockError
		if !errors.As(err, &vsock) || !strings.Contains(err.Error(), "nothing here carries vsock to there (Linux: vsock_loopback") {
			t.Error(err)
		}
		if after := openDescriptors(t); after != before {
			t.Errorf("%d descriptors, %d before", after, before)
		}
		t.Skip("no vsock_loopback here; only the error of that was shown:", err)
	})
}

func drain(fd int) {
	b := make([]byte, 1<<16)
	for n, err := unix.Read(fd, b); n > 0 || err == unix.EINTR; n, err = unix.Read(fd, b) {
	}
}
