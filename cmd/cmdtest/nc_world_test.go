package cmdtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// ncRow is one run of nc in a set-up, and what came of it. PORT is a port where the peer is, or where nc listens; DEAD
// is a closed one; N stands for a port that the kernel chose; a text that ends in "..." is a beginning.
type ncRow struct {
	id     string
	args   string
	in     string       // stdin: "" is /dev/null, "held" an open pipe without bytes, "big" more than buffers take, anything else a pipe that holds it
	out    string       // stdout
	err    string       // stderr
	status int          // or hangs
	got    string       // what the peer received
	file   string       // what FILE holds afterwards
	peer   func(*world) // the other end; nil: there is none
	stdout string       // "", "full": /dev/full, "gone": a pipe whose reader has gone
	hosts  bool         // localhost and dual.test have both families
	either bool         // the status is a matter of luck
	ours   *ncRow       // where NC.md declares a fault: what happens instead
}

// hangs is the status of a run that is still there after a second.
const hangs = -1

// world is the set-up of one run.
type world struct {
	*testing.T
	port, dead int
	dir        string
	listener   net.Listener // for peers that nc connects to
	command    []string
	env        []string
	pid        atomic.Int32 // of nc, 0 before it runs

	mu       sync.Mutex
	received bytes.Buffer
	leave    []func()
}

// lastPort hands out ports below those that the kernel gives to clients.
var lastPort atomic.Int32

// freePort is a port that nobody uses, nor the four below it.
func freePort(t *testing.T) int {
	for {
		p := 20000 + os.Getpid()%500*20 + int(lastPort.Add(5))
		c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", p))
		if err != nil && !hasName(p) { // trying to listen would leave the port busy in a child that is just being forked
			return p
		}
		if err == nil {
			c.Close()
		}
	}
}

// hasName says whether services(5) knows the port, whose name nc would show.
func hasName(port int) bool {
	services, _ := os.ReadFile("/etc/services")
	return regexp.MustCompile(fmt.Sprintf(`\s%d/`, port)).Match(services)
}

// onLeave has fn run at the end of the run.
func (w *world) onLeave(fn func()) {
	w.mu.Lock()
	w.leave = append(w.leave, fn)
	w.mu.Unlock()
}

// left runs what is to be run at the end.
func (w *world) left() {
	w.mu.Lock()
	leave := w.leave
	w.leave = nil
	w.mu.Unlock()
	for _, fn := range leave {
		fn()
	}
}

// accept takes one connection of nc, bounded.
func (w *world) accept() net.Conn {
	c, err := w.listener.Accept()
	if err != nil {
		return nil
	}
	w.onLeave(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// dial connects to nc as soon as it listens.
func (w *world) dial() net.Conn { return w.dialTo("127.0.0.1:" + strconv.Itoa(w.port)) }

func (w *world) dialTo(addr string) net.Conn {
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if c, err := net.Dial("tcp", addr); err == nil {
			w.onLeave(func() { c.Close() })
			c.SetDeadline(time.Now().Add(10 * time.Second))
			return c
		}
	}
	w.Errorf("nobody listens on %s", addr)
	return nil
}

// receive notes what the peer receives until the end, or for d if that is positive.
func (w *world) receive(c net.Conn, d time.Duration) {
	if d > 0 {
		c.SetReadDeadline(time.Now().Add(d))
	}
	b, err := io.ReadAll(c)
	if err == nil {
		b = append(b, "<end>"...)
	}
	w.note(string(b))
}

func (w *world) note(text string) {
	w.mu.Lock()
	w.received.WriteString(text)
	w.mu.Unlock()
}

// fill puts the ports into a text.
func (w *world) fill(text string) string {
	for i := 4; i >= 1; i-- {
		text = strings.ReplaceAll(text, fmt.Sprintf("PORT-%d", i), strconv.Itoa(w.port-i))
	}
	return strings.NewReplacer("PORT", strconv.Itoa(w.port), "DEAD", strconv.Itoa(w.dead), "SOCK", filepath.Join(w.dir, "sock"),
		"FILE", filepath.Join(w.dir, "file")).Replace(text)
}

var (
	programName = regexp.MustCompile(`(?m)^(?:/usr)?(?:/bin/)?nc(\.openbsd|\.traditional)?: `)
	chosenPort  = regexp.MustCompile(`(received on \S+|from \S+ \[\S+\]|Listening on \S+|listening on \S+) (\d+)`)
)

// plain takes out of stderr what differs from run to run, and the program's name.
func (w *world) plain(text string) string {
	text = programName.ReplaceAllString(text, "nc: ")
	return chosenPort.ReplaceAllStringFunc(text, func(s string) string {
		if strings.HasSuffix(s, " "+strconv.Itoa(w.port)) {
			return s
		}
		return chosenPort.ReplaceAllString(s, "$1 N")
	})
}

// run runs a row with the given nc.
func (r ncRow) run(t *testing.T, command []string, env ...string) {
	w := &world{T: t, port: freePort(t), dead: freePort(t), dir: t.TempDir(), command: command, env: env}
	defer w.left()
	args := strings.Fields(w.fill(r.args))
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "_", " ")
	}
	if r.hosts {
		file := filepath.Join(w.dir, "hosts")
		os.WriteFile(file, []byte("127.0.0.1 localhost\n::1 localhost\n::1 dual.test\n127.0.0.1 dual.test\n"), 0o644)
		command = append([]string{"unshare", "-rm", "sh", "-c", `mount --bind "$0" /etc/hosts && exec "$@"`, file}, command...)
		if err := exec.Command("unshare", "-rm", "mount", "--bind", file, "/etc/hosts").Run(); err != nil {
			t.Skip("this system does not let the test change /etc/hosts:", err)
		}
	}
	var stdout, stderr bytes.Buffer
	c := exec.Command(command[0], append(command[1:len(command):len(command)], args...)...)
	c.Stdout, c.Stderr, c.Dir = &stdout, &stderr, w.dir
	c.Env = append(append(os.Environ(), "LC_ALL=C"), env...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.WaitDelay = time.Second
	w.streams(r, c)
	peerDone := make(chan struct{})
	if r.peer == nil {
		close(peerDone)
	} else {
		ready := make(chan struct{})
		go func() { defer close(peerDone); w.serve(r.peer, ready) }()
		<-ready
	}
	status, took := w.wait(c, r.status == hangs)
	w.left()
	select {
	case <-peerDone:
	case <-time.After(5 * time.Second):
		t.Error("the peer hangs")
	}
	r.compare(w, status, took, stdout.String(), stderr.String())
}

// serve runs the peer: one that nc connects to listens first, one that connects to nc dials by itself.
func (w *world) serve(peer func(*world), ready chan struct{}) {
	defer func() {
		if strings.HasPrefix(peerName(peer), "before") {
			close(ready)
		}
	}()
	switch name := peerName(peer); {
	case strings.HasPrefix(name, "before"):
	case strings.HasPrefix(name, "client"):
		close(ready)
	default:
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", w.port))
		if err != nil {
			w.Error(err)
			close(ready)
			return
		}
		w.listener = l
		w.onLeave(func() { l.Close() })
		close(ready)
	}
	peer(w)
}

// streams gives the command its stdin and stdout.
func (w *world) streams(r ncRow, c *exec.Cmd) {
	switch {
	case r.in == "held":
		pr, pw, err := os.Pipe()
		if err != nil {
			w.Fatal(err)
		}
		c.Stdin = pr
		w.onLeave(func() { pr.Close(); pw.Close() })
	case r.in == "big":
		zero, err := os.Open("/dev/zero")
		if err != nil {
			w.Fatal(err)
		}
		pr, pw, err := os.Pipe()
		if err != nil {
			w.Fatal(err)
		}
		go func() { io.CopyN(pw, zero, 4<<20); pw.Close(); zero.Close() }()
		c.Stdin = pr
		w.onLeave(func() { pr.Close() })
	case r.in != "":
		pr, pw, err := os.Pipe()
		if err != nil {
			w.Fatal(err)
		}
		go func() { io.WriteString(pw, r.in); pw.Close() }()
		c.Stdin = pr
		w.onLeave(func() { pr.Close() })
	}
	switch r.stdout {
	case "full":
		f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			w.Skip(err)
		}
		c.Stdout = f
		w.onLeave(func() { f.Close() })
	case "gone":
		pr, pw, err := os.Pipe()
		if err != nil {
			w.Fatal(err)
		}
		pr.Close()
		c.Stdout = pw
		w.onLeave(func() { pw.Close() })
	}
}

// wait is the command's status, or hangs if it is meant to and does.
func (w *world) wait(c *exec.Cmd, patient bool) (int, time.Duration) {
	begin := time.Now()
	if err := c.Start(); err != nil {
		w.Fatal(err)
	}
	limit := 15 * time.Second
	if patient {
		limit = 1200 * time.Millisecond
	}
	w.pid.Store(int32(c.Process.Pid))
	var killed atomic.Bool
	timer := time.AfterFunc(limit, func() { killed.Store(true); syscall.Kill(-c.Process.Pid, syscall.SIGKILL) })
	err := c.Wait()
	timer.Stop()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.Log(err)
	}
	if killed.Load() {
		return hangs, time.Since(begin)
	}
	return c.ProcessState.ExitCode(), time.Since(begin)
}

func (r ncRow) compare(w *world, status int, took time.Duration, stdout, stderr string) {
	if status != r.status && !r.either {
		w.Errorf("status %d after %v, want %d", status, took, r.status)
	}
	same := func(what, got, want string) {
		if rest, ok := strings.CutSuffix(want, "..."); ok && strings.HasPrefix(got, rest) {
			return
		}
		if got != want {
			w.Errorf("%s is %q, want %q", what, got, want)
		}
	}
	same("stdout", stdout, w.fill(r.out))
	same("stderr", w.plain(stderr), w.fill(r.err))
	if r.file != "" {
		content, _ := os.ReadFile(w.fill("FILE"))
		same("the file", string(content), r.file)
	}
	if r.got != "" {
		w.mu.Lock()
		received := w.received.String()
		w.mu.Unlock()
		same("what the peer received", received, r.got)
	}
}
