package netio

import (
	"context"
	"net/netip"
	"os"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// onEach runs a test on a loop of each of this system's multiplexers.
func onEach(t *testing.T, test func(t *testing.T, l *Loop)) {
	for _, name := range mux.Names() {
		t.Run(name, func(t *testing.T) {
			l, err := NewLoop(name)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Release()
			test(t, l)
		})
	}
}

// runLoop runs l until the test stops it. It fails the test if that takes over 20 seconds.
func runLoop(t *testing.T, l *Loop) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := l.Run(ctx); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

// pair makes a TCP connection. One end is a Conn on the loop, and the other end is a blocking
// descriptor for the test.
func pair(t *testing.T, l *Loop) (*Conn, int) {
	t.Helper()
	ln, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	must(t, err)
	defer unix.Close(ln)
	must(t, unix.Bind(ln, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	must(t, unix.Listen(ln, 1))
	fd, err := sock.New(unix.AF_INET, unix.SOCK_STREAM)
	must(t, err)
	sa, err := unix.Getsockname(ln)
	must(t, err)
	if err := unix.Connect(fd, sa); err != nil && err != unix.EINPROGRESS {
		t.Fatal(err)
	}
	peer, _, err := unix.Accept(ln)
	must(t, err)
	return l.socketConn(fd, "peer"), peer
}

// pipes makes two pipes, as stdin and stdout of a session. It also returns their other ends.
func pipes(t *testing.T, l *Loop) (in, out *Conn, toIn, fromOut int) {
	t.Helper()
	var i, o [2]int
	must(t, unix.Pipe(i[:]))
	must(t, unix.Pipe(o[:]))
	in, err := l.Stdin(i[0])
	must(t, err)
	out, err = l.Stdout(o[1])
	must(t, err)
	t.Cleanup(func() { unix.Close(i[0]); unix.Close(o[1]) })
	return in, out, i[1], o[0]
}

// openDescriptors returns the number of open descriptors, which /proc/self/fd lists.
func openDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc to count descriptors in")
	}
	n := 0
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil {
			if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
				n++
			}
		}
	}
	return n
}
