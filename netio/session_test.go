package netio

import (
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestIdleSessionNeverWakes counts how often an idle session asks its poller in ten seconds. The
// session has pipes as stdin and stdout, a connection, and no time-out.
func TestIdleSessionNeverWakes(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		t.Parallel()
		conn, peer := pair(t, l)
		defer unix.Close(peer)
		in, out, toIn, fromOut := pipes(t, l)
		defer unix.Close(toIn)
		defer unix.Close(fromOut)
		s := NewSession(l, conn, in, out, SessionOptions{}, func(Result) { l.Stop() })
		var waits uint64
		l.After(100*time.Millisecond, func() { waits = l.Waits() })
		l.After(10*time.Second, func() {
			if n := l.Waits() - waits; n > 2 {
				t.Errorf("an idle session asked its poller %d times", n)
			}
			s.Abort(nil)
		})
		runLoop(t, l)
	})
}

func TestSessionLeavesInheritedFlagsAlone(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		conn, peer := pair(t, l)
		in, out, toIn, fromOut := pipes(t, l)
		inFlags, outFlags := flags(t, in.label.inherited), flags(t, out.label.inherited)
		stdin := in.label.inherited
		NewSession(l, conn, in, out, SessionOptions{}, func(Result) { l.Stop() })
		if f := flags(t, out.label.inherited); f != outFlags {
			t.Errorf("stdout's flags are %#x during the session, %#x before", f, outFlags)
		}
		unix.Close(toIn)
		unix.Close(peer)
		runLoop(t, l)
		if f := flags(t, stdin); f != inFlags {
			t.Errorf("stdin's flags are %#x after the session, %#x before", f, inFlags)
		}
		if n, err := unix.Read(fromOut, make([]byte, 1)); n != 0 || err != nil {
			t.Errorf("the reader of stdout sees %d, %v, and no end", n, err)
		}
		unix.Close(fromOut)
	})
}

func flags(t *testing.T, fd int) int {
	t.Helper()
	f, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	must(t, err)
	return f
}

// TestPipeThatCannotBeReopened moves bytes with one operation for each report of readiness.
func TestPipeThatCannotBeReopened(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		conn, peer := pair(t, l)
		in, out, toIn, fromOut := pipes(t, l)
		for _, c := range []*Conn{in, out} {
			unix.Close(c.FD())
			c.fd, c.borrowed = int32(c.label.inherited), true
			c.reader, c.writer, c.oneShot = ready{}, ready{}, true
		}
		want := make([]byte, 1<<20)
		for i := range want {
			want[i] = byte(i * i >> 8)
		}
		go func() { // the peer echoes
			f := os.NewFile(uintptr(peer), "peer")
			io.Copy(f, f)
			f.Close()
		}()
		go func() {
			f := os.NewFile(uintptr(toIn), "in")
			f.Write(want)
			f.Close()
		}()
		got := make(chan []byte)
		go func() {
			f := os.NewFile(uintptr(fromOut), "out")
			b, _ := io.ReadAll(f)
			f.Close()
			got <- b
		}()
		var result Result
		NewSession(l, conn, in, out, SessionOptions{}, func(r Result) { result = r; l.Stop() })
		runLoop(t, l)
		if b := <-got; string(b) != string(want) || result.Err != nil || result.Sent != int64(len(want)) {
			t.Fatalf("%d bytes of %d came back: %+v", len(b), len(want), result)
		}
	})
}

// TestUnacknowledgedBytesAreNoSuccess ends a session whose bytes our system has taken and the
// peer's system does not confirm. The peer never reads, so its window is closed.
func TestUnacknowledgedBytesAreNoSuccess(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		conn, peer := pair(t, l)
		defer unix.Close(peer)
		must(t, unix.SetsockoptInt(peer, unix.SOL_SOCKET, unix.SO_RCVBUF, 4096))
		in, out, toIn, fromOut := pipes(t, l)
		defer unix.Close(fromOut)
		go func() {
			f := os.NewFile(uintptr(toIn), "in")
			f.Write(make([]byte, 1<<20))
			f.Close()
		}()
		var result Result
		NewSession(l, conn, in, out, SessionOptions{SendOnly: true, Linger: 200 * time.Millisecond, Idle: time.Second},
			func(r Result) { result = r; l.Stop() })
		runLoop(t, l)
		var unacked *UnacknowledgedError
		if !errors.As(result.Err, &unacked) || unacked.Bytes <= 0 {
			t.Fatalf("the session ended with %v", result.Err)
		}
	})
}

// TestResetWhileHolding resets the connection while earlier bytes still wait for a slow stdout. The
// session must deliver them before it ends with the reset.
func TestResetWhileHolding(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		conn, peer := pair(t, l)
		in, out, toIn, fromOut := pipes(t, l)
		defer unix.Close(toIn)
		const size = 200 << 10 // more than a pipe holds
		n, err := unix.Write(peer, make([]byte, size))
		must(t, err)
		if n != size {
			t.Fatalf("wrote %d", n)
		}
		var result Result
		NewSession(l, conn, in, out, SessionOptions{}, func(r Result) { result = r; l.Stop() })
		got := make(chan int)
		l.After(50*time.Millisecond, func() {
			unix.SetsockoptLinger(peer, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
			unix.Close(peer)
		})
		go func() {
			time.Sleep(200 * time.Millisecond)
			f := os.NewFile(uintptr(fromOut), "out")
			b, _ := io.ReadAll(f)
			f.Close()
			got <- len(b)
		}()
		runLoop(t, l)
		unix.Close(out.label.inherited)
		if n := <-got; n != size || !errors.Is(result.Err, unix.ECONNRESET) {
			t.Fatalf("%d of %d bytes, %v", n, size, result.Err)
		}
	})
}
