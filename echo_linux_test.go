package main

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
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: limit.Max, Max: limit.Max})
	t.Cleanup(func() { unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) })
	if room := int(limit.Max) - 500; atOnce > room {
		t.Logf("only %d connections at once: RLIMIT_NOFILE is %d", room, limit.Max)
		atOnce = room
	}
	dir := t.TempDir()
	var stderr bytes.Buffer
	server := exec.Command("gnc", "echo", "--stats", "--idle-timeout", "1h", "--port-file", filepath.Join(dir, "port"), "-4", "0")
	server.Stderr = &stderr
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer server.Process.Kill()
	e := &echoCrowd{T: t, pid: server.Process.Pid}
	e.await("the port", func() bool {
		content, _ := os.ReadFile(filepath.Join(dir, "port"))
		e.port, _ = strconv.Atoi(strings.TrimSpace(string(content)))
		return e.port > 0
	})
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
	server.Process.Signal(unix.SIGTERM)
	if err := server.Wait(); err != nil {
		t.Errorf("%v: %s", err, stderr.String())
	}
	want := fmt.Sprintf("echoed %d bytes of %d connections, ", e.bytes.Load(), 2*atOnce+inTurn)
	if !strings.Contains(stderr.String(), want) {
		t.Errorf("%s; want %s", stderr.String(), want)
	}
}

// echoCrowd are the clients of an echo server.
type echoCrowd struct {
	*testing.T
	pid, port int
	bytes     atomic.Int64 // sent back
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
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", e.pid))
	if err != nil {
		e.Fatal(err)
	}
	return len(entries)
}

// memory is the server's, in KiB.
func (e *echoCrowd) memory() int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", e.pid))
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
