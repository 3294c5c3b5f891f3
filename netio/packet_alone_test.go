package netio

import (
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// TestHearingWhoHasGone receives a datagram whose sender can no longer be connected to, with or
// without an answer to it.
func TestHearingWhoHasGone(t *testing.T) {
	for _, set := range []struct {
		name    string
		removed bool
		answer  string
	}{
		{"its path is there", false, ""},
		{"its path is there, and stdin has an answer", false, "answer"},
		{"its path is gone", true, ""},
		{"its path is gone, and stdin has an answer", true, "answer"},
	} {
		t.Run(set.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, l *Loop) {
				dir := t.TempDir()
				p, err := l.ListenUnixPackets(dir+"/listener", false)
				must(t, err)
				fd, err := sock.New(unix.AF_UNIX, unix.SOCK_DGRAM) // package net would remove its path
				must(t, err)
				must(t, unix.Bind(fd, &unix.SockaddrUnix{Name: dir + "/client"}))
				for _, text := range []string{"one", "two"} {
					must(t, unix.Sendto(fd, []byte(text), 0, &unix.SockaddrUnix{Name: dir + "/listener"}))
				}
				must(t, unix.Close(fd))
				if set.removed {
					must(t, os.Remove(dir+"/client"))
				}
				if heard := hearOnce(t, l, p, set.answer, len("onetwo")); heard != "onetwo" {
					t.Errorf("heard %q", heard)
				}
			})
		})
	}
}

// hearOnce returns what the first peer sent, up to a length.
func hearOnce(t *testing.T, l *Loop, p *PacketListener, answer string, most int) (heard string) {
	t.Helper()
	in, out, toIn, fromOut := pipes(t, l)
	defer unix.Close(fromOut)
	defer unix.Close(toIn)
	_, err := unix.Write(toIn, []byte(answer))
	must(t, err)
	var session *Session
	must(t, p.Hear(func(c *Conn, _ netip.AddrPort) {
		session = NewSession(l, c, in, out, SessionOptions{}, func(Result) { l.Stop() })
	}, func(err error) {
		t.Error(err)
		l.Stop()
	}))
	ended := make(chan struct{})
	go func() { defer close(ended); runLoop(t, l) }()
	b := make([]byte, most)
	for len(heard) < most {
		ready := []unix.PollFd{{Fd: int32(fromOut), Events: unix.POLLIN}}
		if n, _ := unix.Poll(ready, 10_000); n != 1 {
			break
		}
		n, err := unix.Read(fromOut, b)
		must(t, err)
		heard += string(b[:n])
	}
	l.Post(func() {
		if session != nil {
			session.Abort(nil)
		}
		l.Stop()
	})
	<-ended
	return heard
}

// TestListenErrorsHaveNames checks the errors of sockets without an address and a port: they must
// name what there is.
func TestListenErrorsHaveNames(t *testing.T) {
	path := t.TempDir() + "/listener"
	ln, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	must(t, err)
	defer ln.Close()
	raw, err := ln.SyscallConn()
	must(t, err)
	must(t, raw.Control(func(fd uintptr) { err = sock.ListenFailed(int(fd), unix.ENOMEM) }))
	if want := "listen unix:" + path + ": "; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v; want %s", err, want)
	}
	if err := sock.ListenFailed(-1, unix.EBADF); !strings.HasPrefix(err.Error(), "listen: ") {
		t.Error(err)
	}
}
