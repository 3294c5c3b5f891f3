package cmdtest

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestSignalsCountFromReadiness sends a signal as soon as a listener has said that it is ready. From then on it ends the job
// in order. Left to Go, SIGUSR1 would do nothing, and SIGTERM leave a socket's path behind.
func TestSignalsCountFromReadiness(t *testing.T) {
	const rounds = 50
	for range rounds {
		path := t.TempDir() + "/socket"
		for _, sig := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGTERM} {
			for command, want := range map[string]int{"listen": 128 + int(sig), "echo": 0} {
				if got := signalWhenReady(t, sig, command, "unix:"+path); got != want {
					t.Fatalf("%s: status %d after %v, want %d", command, got, sig, want)
				}
				if _, err := os.Stat(path); err == nil {
					t.Fatalf("%s: %v left the path", command, sig)
				}
			}
		}
	}
}

// signalWhenReady runs gnc until it says that it is ready, and returns the status that a signal then ends it with.
func signalWhenReady(t *testing.T, sig syscall.Signal, words ...string) int {
	t.Helper()
	ready, theirs, err := os.Pipe()
	must(t, err)
	defer ready.Close()
	const first = 3 // of exec.Cmd.ExtraFiles
	c := exec.Command(os.Args[0], append(words, "--quiet", "--ready-fd", strconv.Itoa(first))...)
	c.Args[0] = "gnc"                                        // which is what the test binary then is
	c.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0") // the race detector's second at the end
	c.ExtraFiles = []*os.File{theirs}
	must(t, c.Start())
	theirs.Close()
	defer c.Process.Kill()
	if _, err := ready.Read(make([]byte, 1)); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	c.Process.Signal(sig)
	return statusOf(t, c)
}

// statusOf is the exit status as a shell has it.
func statusOf(t *testing.T, c *exec.Cmd) int {
	t.Helper()
	stop := time.AfterFunc(patience, func() { c.Process.Kill() })
	defer stop.Stop()
	var exit *exec.ExitError
	if err := c.Wait(); err != nil && !errors.As(err, &exit) {
		t.Error(err)
		return -1
	}
	if status := c.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		return 128 + int(status.Signal())
	}
	return c.ProcessState.ExitCode()
}
