package cmdtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gnc/mux"
)

// TestTruth ends gnc at random moments of transfers, in every way that is not the orderly end, and asks the peer what it
// was left to believe: one that reads an orderly end must have every byte. truthRounds are spread over the forms of a
// transfer. The seed of a failing round is in its name.

const truthRounds = 1000

// truthSize is what is to be sent: more than the buffers of both systems hold.
const truthSize = 6 << 20

// A truthForm is a way to send a file. Its arguments have FILE for the file, PORT for the peer's port where it connects,
// and DIR for a directory of the round's own.
type truthForm struct {
	name  string
	args  string
	stdin bool // the file is stdin
	nc    bool // no --mux, no --deadline
}

var truthForms = []truthForm{
	{name: "connect", args: "connect 127.0.0.1 PORT", stdin: true},
	{name: "connect copying", args: "connect --zero-copy never 127.0.0.1 PORT", stdin: true},
	{name: "connect at a rate", args: "connect --rate 40M 127.0.0.1 PORT", stdin: true},
	{name: "connect with a copy", args: "connect -o DIR/copy 127.0.0.1 PORT", stdin: true},
	{name: "connect with a command", args: "connect -e cat\x00FILE 127.0.0.1 PORT"},
	{name: "listen", args: "listen 127.0.0.1 0", stdin: true},
	{name: "listen -k", args: "listen -k 127.0.0.1 0", stdin: true},
	{name: "listen -k with a copy", args: "listen -k -o DIR/copy 127.0.0.1 0", stdin: true},
	{name: "serve", args: "listen -k --serve FILE 127.0.0.1 0"},
	{name: "command", args: "listen -c cat\x00FILE 127.0.0.1 0"},
	{name: "command -k", args: "listen -k -c cat\x00FILE 127.0.0.1 0"},
	{name: "command with a copy", args: "listen -o DIR/copy -c cat\x00FILE 127.0.0.1 0"},
	{name: "script", args: "listen --script DIR/script 127.0.0.1 0"},
	{name: "nc", args: "nc -N 127.0.0.1 PORT", stdin: true, nc: true},
	{name: "nc -l", args: "nc -lN 127.0.0.1 PORT", stdin: true, nc: true},
}

func TestTruth(t *testing.T) {
	file := randomFile(t, truthSize)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	full := smallDisk(t)
	for i, form := range truthForms {
		t.Run(form.name, func(t *testing.T) {
			t.Parallel()
			for round := range truthRounds/len(truthForms) + 1 {
				seed := uint64(i*truthRounds + round)
				r := &truthRound{truthForm: form, T: t, seed: seed, file: file, content: content, full: full,
					random: rand.New(rand.NewPCG(seed, 0)), dir: t.TempDir()}
				r.run()
				if t.Failed() {
					return
				}
			}
		})
	}
}

// smallDisk is a file system of a megabyte, or "" where the test may not mount one.
func smallDisk(t *testing.T) string {
	dir := t.TempDir()
	if err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir).Run(); err != nil {
		return ""
	}
	t.Cleanup(func() { exec.Command("umount", "-l", dir).Run() })
	return dir
}

type truthRound struct {
	truthForm
	*testing.T
	seed    uint64
	file    string
	content []byte
	full    string
	random  *rand.Rand
	dir     string
	told    bytes.Buffer
	exited  chan struct{} // closed when gnc has ended
}

func (r *truthRound) fatalf(format string, args ...any) {
	r.Helper()
	r.Fatalf("seed %d, gnc %s: %s; stderr: %s", r.seed, r.args, fmt.Sprintf(format, args...), r.told.String())
}

// run has gnc send the file to a peer that sends something itself, and ends it meanwhile.
func (r *truthRound) run() {
	way := r.random.IntN(byItself + 1)
	if r.nc && way == byKill { // the kernel ends it as it does nc
		way = byItself
	}
	cmd, stdout := r.command(way)
	defer stdout.Close()
	var conn net.Conn
	if strings.Contains(r.args, "PORT") && !strings.Contains(r.args, "-lN") {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			r.fatalf("%v", err)
		}
		defer ln.Close()
		r.start(cmd, fmt.Sprint(ln.Addr().(*net.TCPAddr).Port))
		ln.(*net.TCPListener).SetDeadline(time.Now().Add(patience))
		if conn, err = ln.Accept(); err != nil {
			r.fatalf("accept: %v", err)
		}
	} else {
		conn = r.connect(cmd)
	}
	var both sync.WaitGroup
	var readErr, writeErr error
	had := 0
	both.Go(func() { had, readErr = r.read(conn) })
	both.Go(func() { writeErr = r.write(conn) })
	r.end(cmd, way)
	both.Wait()
	// Of a reset the system tells once: whoever writes may hear of it, and the reader then sees an end.
	if whole := r.whole(); readErr == io.EOF && writeErr == nil && had < len(whole) {
		r.fatalf("way %d: an orderly end after %d of %d bytes", way, had, len(whole))
	}
	conn.Close()
	select {
	case <-r.exited:
	case <-time.After(patience):
		cmd.Process.Kill()
		r.fatalf("gnc goes on for a minute after way %d", way)
	}
}

// The ways that an end comes, beside the signals before these.
const (
	byKill = 4 + iota
	byDeadline
	byReader   // the reader of stdout goes
	byFullDisk // stdout, or the copy, is on a disk that fills up
	byCopy     // the copy's reader goes
	byItself
)

var truthSignals = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGKILL}

// command is gnc, with stdout as the way of the end wants it: what is to be closed when the round is over.
func (r *truthRound) command(way int) (*exec.Cmd, io.Closer) {
	args := strings.Fields(r.args)
	dir := r.dir
	if way == byFullDisk && r.full != "" {
		dir = r.full
	}
	for i, arg := range args {
		args[i] = strings.NewReplacer("\x00", " ", "FILE", r.file, "DIR", dir).Replace(arg)
	}
	if !r.nc {
		names := mux.Names()
		extra := []string{"--mux", names[r.random.IntN(len(names))], "--port-file", filepath.Join(r.dir, "port")}
		if args[0] == "connect" {
			extra = extra[:2]
		}
		if way == byDeadline {
			extra = append(extra, "--deadline", fmt.Sprintf("%dms", 5+r.random.IntN(80)))
		}
		args = append(args[:1:1], append(extra, args[1:]...)...)
	}
	script := fmt.Sprintf("send-file %s\ndelay 5ms\nsend-file %s\n", r.file, r.file)
	os.WriteFile(filepath.Join(r.dir, "script"), []byte(script), 0o666)
	if dir != r.dir {
		os.WriteFile(filepath.Join(dir, "script"), []byte(script), 0o666)
	}
	if way == byCopy && strings.Contains(r.args, "/copy") {
		if err := syscall.Mkfifo(filepath.Join(dir, "copy"), 0o666); err != nil {
			r.fatalf("%v", err)
		}
		go r.readAWhile(filepath.Join(dir, "copy"))
	}
	cmd := exec.Command("gnc", args...)
	cmd.Stderr = &r.told
	if r.stdin {
		in, err := os.Open(r.file)
		if err != nil {
			r.fatalf("%v", err)
		}
		r.Cleanup(func() { in.Close() })
		cmd.Stdin = in
	}
	switch {
	case way == byReader:
		reader, writer, err := os.Pipe()
		if err != nil {
			r.fatalf("%v", err)
		}
		cmd.Stdout = writer
		time.AfterFunc(time.Duration(r.random.IntN(60))*time.Millisecond, func() { reader.Close() })
		return cmd, writer
	case way == byFullDisk && r.full != "":
		out, err := os.Create(filepath.Join(r.full, fmt.Sprint("out", r.seed)))
		if err != nil {
			out, err = os.OpenFile("/dev/full", os.O_WRONLY, 0)
		}
		if err != nil {
			r.fatalf("%v", err)
		}
		cmd.Stdout = out
		r.Cleanup(func() { os.Remove(out.Name()) })
		return cmd, out
	}
	return cmd, io.NopCloser(nil)
}

// readAWhile reads a named pipe, and goes.
func (r *truthRound) readAWhile(name string) {
	f, err := os.Open(name)
	if err != nil {
		return
	}
	io.CopyN(io.Discard, f, rand.Int64N(truthSize))
	f.Close()
}

func (r *truthRound) start(cmd *exec.Cmd, port string) {
	for i := range cmd.Args {
		cmd.Args[i] = strings.ReplaceAll(cmd.Args[i], "PORT", port)
	}
	if err := cmd.Start(); err != nil {
		r.fatalf("%v", err)
	}
	r.exited = make(chan struct{})
	go func() {
		cmd.Wait()
		close(r.exited)
	}()
}

// connect starts gnc, and connects to it once it listens.
func (r *truthRound) connect(cmd *exec.Cmd) net.Conn {
	port := ""
	if r.nc {
		port = freeTCPPort(r.T)
	}
	r.start(cmd, port)
	for {
		if text, _ := os.ReadFile(filepath.Join(r.dir, "port")); !r.nc {
			port = strings.TrimSpace(string(text))
		}
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); port != "" && err == nil {
			return conn
		}
		select {
		case <-r.exited: // without a client
			return closedConn{}
		case <-time.After(time.Millisecond):
		}
	}
}

// closedConn is the connection of a client that came too late, and knows.
type closedConn struct{ net.Conn }

func (closedConn) Read([]byte) (int, error)  { return 0, net.ErrClosed }
func (closedConn) Write([]byte) (int, error) { return 0, net.ErrClosed }
func (closedConn) Close() error              { return nil }

// freeTCPPort is a port that nobody listens on, outside the range that the kernel chooses from.
func freeTCPPort(t *testing.T) string {
	for range 1000 {
		port := fmt.Sprint(20000 + rand.IntN(10000))
		if ln, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			ln.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

// end ends gnc after a random moment, if the way is a signal.
func (r *truthRound) end(cmd *exec.Cmd, way int) {
	if way >= len(truthSignals) {
		if strings.Contains(r.args, "-k") || way == byItself { // a listener that goes on, and what has come to its end by then
			time.Sleep(time.Duration(r.random.IntN(200)) * time.Millisecond)
			cmd.Process.Signal(syscall.SIGTERM)
		}
		return
	}
	time.Sleep(time.Duration(r.random.IntN(50_000)) * time.Microsecond)
	cmd.Process.Signal(truthSignals[way])
}

// whole is all that gnc is to send.
func (r *truthRound) whole() []byte {
	if r.name == "script" {
		return append(append([]byte(nil), r.content...), r.content...)
	}
	return r.content
}

// read reads what gnc sends, with pauses, and compares it.
func (r *truthRound) read(conn net.Conn) (had int, err error) {
	conn = withDeadline(conn)
	want := r.whole()
	buf := make([]byte, 128<<10)
	for {
		n, err := conn.Read(buf)
		if !bytes.Equal(buf[:n], want[had:min(had+n, len(want))]) {
			r.Errorf("seed %d, gnc %s: other bytes arrived after %d", r.seed, r.args, had)
		}
		had += n
		switch {
		case err == nil:
			time.Sleep(time.Duration(rand.IntN(1500)) * time.Microsecond)
			continue
		case errors.Is(err, os.ErrDeadlineExceeded):
			r.Errorf("seed %d, gnc %s: it hangs after %d bytes", r.seed, r.args, had)
		}
		return had, err
	}
}

func withDeadline(conn net.Conn) net.Conn {
	if _, closed := conn.(closedConn); !closed {
		conn.SetDeadline(time.Now().Add(patience))
	}
	return conn
}

// write sends something, too, for a while.
func (r *truthRound) write(conn net.Conn) error {
	piece := make([]byte, 32<<10)
	for range 80 {
		if _, err := conn.Write(piece); err != nil {
			return err
		}
	}
	if c, ok := conn.(*net.TCPConn); ok {
		return c.CloseWrite()
	}
	return nil
}
