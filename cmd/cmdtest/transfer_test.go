package cmdtest

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gnc/mux"
)

// randomFile makes a file of n random bytes, in memory where the system has a place for that.
func randomFile(t *testing.T, n int64) string {
	t.Helper()
	name := filepath.Join(memoryDir(t), "random")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.CopyN(f, rand.NewChaCha8([32]byte{1}), n); err != nil {
		t.Fatal(err)
	}
	return name
}

func memoryDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "gnc")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func sameContent(t *testing.T, name, other string) {
	t.Helper()
	if out, err := exec.Command("cmp", name, other).CombinedOutput(); err != nil {
		t.Fatalf("%s%v", out, err)
	}
}

// end is one gnc of a transfer.
type end struct {
	*exec.Cmd
	stderr bytes.Buffer
	peak   chan int // gets the bytes of memory that it had at most
}

// start runs gnc with files as stdin and stdout; an empty name is /dev/null.
func start(t *testing.T, stdin, stdout string, args ...string) *end {
	t.Helper()
	e := &end{Cmd: exec.Command("gnc", args...)}
	e.Stderr = &e.stderr
	if stdin != "" {
		f, err := os.Open(stdin)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		e.Stdin = f
	}
	if stdout != "" {
		f, err := os.Create(stdout)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		e.Stdout = f
	}
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Process.Kill() })
	e.peak = make(chan int, 1)
	go func() { e.peak <- peakMemory(e.Process.Pid) }()
	return e
}

// listenOn starts gnc listen on a free port of 127.0.0.1, and returns the port too.
func listenOn(t *testing.T, stdin, stdout string, args ...string) (*end, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "port")
	e := start(t, stdin, stdout, append(append([]string{"listen", "--port-file", file}, args...), "127.0.0.1", "0")...)
	return e, awaitFile(t, file)
}

// maxMemory is what a session may hold, whatever it moves (bytes).
const maxMemory = 24 << 20

// succeed waits for the end with status 0, within patience.
func (e *end) succeed(t *testing.T) {
	t.Helper()
	stop := time.AfterFunc(patience, func() { e.Process.Kill() })
	defer stop.Stop()
	if err := e.Wait(); err != nil {
		t.Fatalf("%v: %v: %s", e.Args, err, e.stderr.String())
	}
}

// finish is succeed with a bound on memory too, where the system tells of it (proc(5)).
func (e *end) finish(t *testing.T) {
	t.Helper()
	e.succeed(t)
	if most := <-e.peak; most > maxMemory && !raceDetector {
		t.Errorf("%v: %d bytes of memory", e.Args, most)
	}
}

// peakMemory is the most that a process has had resident, as seen until it ended; 0 where nothing tells. What wait4(2)
// says will not do: it begins with what the parent had.
func peakMemory(pid int) (bytes int) {
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, rest, found := strings.Cut(string(status), "\nVmHWM:")
		if err != nil || !found {
			return bytes
		}
		line, _, _ := strings.Cut(rest, " kB\n")
		kilobytes, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			return bytes
		}
		bytes = kilobytes << 10
		time.Sleep(5 * time.Millisecond)
	}
}

// TestGibibyte moves 1 GiB of random bytes on every multiplexer.
func TestGibibyte(t *testing.T) {
	in := randomFile(t, 1<<30)
	out := filepath.Join(filepath.Dir(in), "copy")
	for _, name := range mux.Names() {
		t.Run(name, func(t *testing.T) {
			server, port := listenOn(t, "", out, "--mux", name)
			client := start(t, in, "", "connect", "--mux", name, "127.0.0.1", port)
			client.finish(t)
			server.finish(t)
			sameContent(t, in, out)
		})
	}
}

// TestBothWaysAtOnce moves 256 MiB in each direction at the same time.
func TestBothWaysAtOnce(t *testing.T) {
	in := randomFile(t, 256<<20)
	there, back := filepath.Join(filepath.Dir(in), "there"), filepath.Join(filepath.Dir(in), "back")
	for _, name := range mux.Names() {
		t.Run(name, func(t *testing.T) {
			server, port := listenOn(t, in, there, "--mux", name)
			client := start(t, in, back, "connect", "--mux", name, "127.0.0.1", port)
			client.finish(t)
			server.finish(t)
			sameContent(t, in, there)
			sameContent(t, in, back)
		})
	}
}

// TestPipesByteByByteAndSlowly feeds stdin one byte at a time, and reads stdout in small pieces with pauses.
func TestPipesByteByByteAndSlowly(t *testing.T) {
	for _, name := range mux.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := make([]byte, 3<<20)
			rand.NewChaCha8([32]byte{2}).Read(want)
			server := exec.Command("gnc", "listen", "--mux", name, "--port-file", filepath.Join(t.TempDir(), "port"), "127.0.0.1", "0")
			slow, err := server.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			port := awaitFile(t, server.Args[5])
			client := exec.Command("gnc", "connect", "--mux", name, "127.0.0.1", port)
			in, err := client.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := client.Start(); err != nil {
				t.Fatal(err)
			}
			go func() {
				for i := range 20000 {
					in.Write(want[i : i+1])
				}
				in.Write(want[20000:])
				in.Close()
			}()
			var got bytes.Buffer
			for i := 0; ; i++ {
				if i%50 == 0 {
					time.Sleep(time.Millisecond)
				}
				if _, err := io.CopyN(&got, slow, 1000); err != nil {
					break
				}
			}
			if err := client.Wait(); err != nil {
				t.Fatal(err)
			}
			if err := server.Wait(); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Fatalf("%d bytes arrived, and not those that were sent (%d)", got.Len(), len(want))
			}
		})
	}
}

func awaitFile(t *testing.T, name string) string {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if b, err := os.ReadFile(name); err == nil {
			return strings.TrimSpace(string(b))
		}
	}
	t.Fatalf("%s never comes", name)
	return ""
}
