package cmdtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestEchoOfManyShortConnections has gnc echo serve 10,000 connections that are open at the same time, 200,000 short ones
// one after another, and 10,000 once more; it counts each of them, and they leave neither descriptors nor memory behind.
func TestEchoOfManyShortConnections(t *testing.T) {
	inTurn, atOnce := 200_000, 10_000
	if testing.Short() {
		inTurn, atOnce = 20_000, 1000
	}
	if room := manyDescriptors(t) - 500; atOnce > room {
		t.Logf("only %d connections at once: RLIMIT_NOFILE leaves room for no more", room)
		atOnce = room
	}
	e := startEcho(t, "--stats", "--idle-timeout", "1h")
	before := e.descriptors()
	e.atOnce(atOnce)
	e.await("the end of all connections", func() bool { return e.descriptors() == before })
	warm := e.memory()
	e.inTurn(inTurn)
	e.atOnce(atOnce)
	e.await("the end of all connections", func() bool { return e.descriptors() == before })
	if after := e.memory(); after > warm+8<<10 { // 40 bytes for each of them would be as much
		t.Errorf("%d KiB of memory, %d before %d connections", after, warm, inTurn)
	}
	said := e.stop()
	want := fmt.Sprintf("echoed %d bytes of %d connections, ", e.bytes.Load(), 2*atOnce+inTurn)
	if !strings.Contains(said, want) {
		t.Errorf("%s; want %s", said, want)
	}
}

// TestEchoOnSelectLeavesTheRestInTheBacklog has more clients than select(2) can wait for. None is turned away: those that
// there is no room for are served when others leave.
func TestEchoOnSelectLeavesTheRestInTheBacklog(t *testing.T) {
	const crowd = 1200
	if manyDescriptors(t) < crowd+500 {
		t.Skip("RLIMIT_NOFILE is too low")
	}
	for _, loops := range []string{"1", "4"} {
		e := startEcho(t, "--mux", "select", "--loops", loops)
		var fds []int
		for i := range crowd {
			fd, err := e.connect(i)
			if err == nil {
				unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: int64(patience.Seconds())})
				_, err = unix.Write(fd, []byte("x"))
			}
			if err != nil {
				t.Fatal(err)
			}
			fds = append(fds, fd)
		}
		lost := 0
		for _, fd := range fds {
			if n, _ := unix.Read(fd, make([]byte, 1)); n != 1 {
				lost++
			}
			unix.Close(fd)
		}
		if lost > 0 {
			t.Errorf("with %s loops, %d of %d clients were not served", loops, lost, crowd)
		}
		e.stop()
	}
}

// manyDescriptors raises the limit of open files for a test and what it starts, and returns it.
func manyDescriptors(t *testing.T) int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: limit.Max, Max: limit.Max})
	t.Cleanup(func() { unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) })
	return int(min(limit.Max, 1<<30))
}

// startEcho runs a server, until stop or the test's end.
func startEcho(t *testing.T, flags ...string) *echoCrowd {
	portFile := filepath.Join(t.TempDir(), "port")
	e := &echoCrowd{T: t}
	e.server = exec.Command("gnc", append([]string{"echo", "--port-file", portFile, "-4", "0"}, flags...)...)
	e.server.Stderr = &e.stderr
	if err := e.server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.server.Process.Kill() })
	e.await("the port", func() bool {
		content, _ := os.ReadFile(portFile)
		e.port, _ = strconv.Atoi(strings.TrimSpace(string(content)))
		return e.port > 0
	})
	return e
}

// stop ends the server in order, and returns what it said.
func (e *echoCrowd) stop() string {
	e.Helper()
	e.server.Process.Signal(unix.SIGTERM)
	if err := e.server.Wait(); err != nil {
		e.Errorf("%v: %s", err, e.stderr.String())
	}
	return e.stderr.String()
}

// echoCrowd are the clients of an echo server.
type echoCrowd struct {
	*testing.T
	server *exec.Cmd
	stderr bytes.Buffer
	port   int
	bytes  atomic.Int64 // sent back
}

func (e *echoCrowd) await(what string, there func() bool) {
	e.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if there() {
			return
		}
	}
	e.Fatalf("waited in vain for %s", what)
}

// descriptors is how many the server has open.
func (e *echoCrowd) descriptors() int {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", e.server.Process.Pid))
	if err != nil {
		e.Fatal(err)
	}
	return len(entries)
}

// memory is the server's, in KiB.
func (e *echoCrowd) memory() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", e.server.Process.Pid))
	if err != nil {
		e.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		e.Fatal(err)
	}
	return n
}

// clients runs fn for each of n clients, four at a time.
func (e *echoCrowd) clients(n int, fn func(i int) error) {
	e.Helper()
	const threads = 4
	var group sync.WaitGroup
	var failed atomic.Pointer[error]
	for first := range threads {
		group.Go(func() {
			for i := first; i < n && failed.Load() == nil; i += threads {
				if err := fn(i); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		e.Fatal(*err)
	}
}

// connect makes a connection that leaves nothing in TIME_WAIT: closing it resets it.
func (e *echoCrowd) connect(i int) (fd int, err error) {
	if fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return -1, err
	}
	err = unix.Connect(fd, &unix.SockaddrInet4{Port: e.port, Addr: [4]byte{127, 0, 0, byte(1 + i%8)}})
	if err == nil {
		err = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	}
	if err != nil {
		unix.Close(fd)
	}
	return fd, err
}

// exchange sends one byte and waits until it is back.
func (e *echoCrowd) exchange(fd int) error {
	b := []byte("x")
	if _, err := unix.Write(fd, b); err != nil {
		return err
	}
	if n, err := unix.Read(fd, b); n != 1 {
		return fmt.Errorf("no byte came back: %w", err)
	}
	e.bytes.Add(1)
	return nil
}

// inTurn opens and closes n connections; one in ten is used.
func (e *echoCrowd) inTurn(n int) {
	e.Helper()
	e.clients(n, func(i int) error {
		fd, err := e.connect(i)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		if i/4%10 == 0 {
			return e.exchange(fd)
		}
		return nil
	})
}

// atOnce opens n connections, uses each, and closes all of them.
func (e *echoCrowd) atOnce(n int) {
	e.Helper()
	fds := make([]int, n)
	e.clients(n, func(i int) (err error) {
		fds[i], err = e.connect(i)
		return err
	})
	e.clients(n, func(i int) error { return e.exchange(fds[i]) })
	for _, fd := range fds {
		unix.Close(fd)
	}
}
