package netio

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestCrumbsAreCopied writes to a pipe byte by byte, and then a whole pipeful at once. The splicer
// must give way to the copier, and nothing may be lost or out of order.
func TestCrumbsAreCopied(t *testing.T) {
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		for _, fd := range append(pipe[:], pair[0], pair[1]) {
			unix.Close(fd)
		}
	}()
	src := &Conn{fd: int32(pipe[0]), reader: stream{}, writer: stream{}, kind: kindPipe, local: true, label: named("stdin")}
	dst := &Conn{fd: int32(pair[0]), reader: socket{}, writer: socket{}, kind: kindSocket, label: named("peer")}
	f := newFlow(src, dst, zeroCopy(src, dst, &pool{size: bufferSize}))

	var sent, got []byte
	buf := make([]byte, bufferSize)
	pass := func(p []byte) {
		t.Helper()
		if n, err := unix.Write(pipe[1], p); n != len(p) {
			t.Fatal(n, err)
		}
		sent = append(sent, p...)
		for tries := 0; len(got) < len(sent); tries++ {
			src.readReady, dst.writeReady = true, true
			f.step()
			n, err := unix.Read(pair[1], buf)
			if err == unix.EAGAIN && tries < 3 { // the loop would report it again
				continue
			}
			if err != nil {
				t.Fatalf("after %d of %d bytes: %v; the flow: %v", len(got), len(sent), err, f.err)
			}
			got = append(got, buf[:n]...)
		}
	}
	for i := range mostCrumbs + 2 {
		if _, splices := f.mover.(*splicer); splices != (i < mostCrumbs+1) {
			t.Fatalf("after %d crumbs the mover is %s", i, f.mover.name())
		}
		pass([]byte{byte(i)})
	}
	if _, waits := f.mover.(*yielding); !waits {
		t.Errorf("the crumbs' copier is a %T", f.mover)
	}
	pass(make([]byte, 16384))
	if string(got) != string(sent) {
		t.Errorf("got other bytes than were sent")
	}
}
