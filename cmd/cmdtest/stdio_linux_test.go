package cmdtest

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

// A stream is a kind of stdin or stdout: what gnc gets, and what the test holds of it.
type stream struct {
	file *os.File // gnc's
	far  *os.File // the test's other end, nil where there is none
}

// terminal opens a pseudo-terminal without echo.
func terminal(t *testing.T) stream {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	must(t, err)
	must(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	must(t, err)
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	must(t, err)
	modes, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
	must(t, err)
	modes.Lflag &^= unix.ECHO
	modes.Oflag &^= unix.OPOST
	must(t, unix.IoctlSetTermios(int(slave.Fd()), unix.TCSETS, modes))
	return kept(t, stream{slave, master})
}

// kept is s, both of whose ends stay open for as long as the test runs: a far one that is not used any more would be closed
// by the garbage collector, and a terminal hang up.
func kept(t *testing.T, s stream) stream {
	t.Cleanup(func() {
		s.file.Close()
		s.far.Close()
	})
	return s
}

// socketStream is one end of a socketpair.
func socketStream(t *testing.T) stream {
	t.Helper()
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	return kept(t, stream{os.NewFile(uintptr(p[0]), "socket"), os.NewFile(uintptr(p[1]), "far")})
}

const said, answered = "what stdin says\n", "what the peer answers\n"

// stdins are the kinds of stdin, each of which says said and ends.
var stdins = map[string]func(t *testing.T) stream{
	"terminal": func(t *testing.T) stream {
		s := terminal(t)
		s.far.WriteString(said + "\x04")
		return s
	},
	"pipe": func(t *testing.T) stream {
		r, w, err := os.Pipe()
		must(t, err)
		w.WriteString(said)
		w.Close()
		return stream{file: r}
	},
	"file": func(t *testing.T) stream {
		name := filepath.Join(t.TempDir(), "in")
		must(t, os.WriteFile(name, []byte(said), 0o600))
		f, err := os.Open(name)
		must(t, err)
		return stream{file: f}
	},
	"socket": func(t *testing.T) stream {
		s := socketStream(t)
		s.far.WriteString(said)
		must(t, unix.Shutdown(int(s.far.Fd()), unix.SHUT_WR))
		return s
	},
	"null": func(t *testing.T) stream {
		f, err := os.OpenFile("/dev/null", os.O_RDONLY, 0)
		must(t, err)
		return stream{file: f}
	},
	"closed": func(t *testing.T) stream { return stream{} },
}

// stdouts are the kinds of stdout. Where the test can read what was written, far is where from.
var stdouts = map[string]func(t *testing.T) stream{
	"terminal": terminal,
	"pipe": func(t *testing.T) stream {
		r, w, err := os.Pipe()
		must(t, err)
		return stream{w, r}
	},
	"file": func(t *testing.T) stream {
		name := filepath.Join(t.TempDir(), "out")
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		must(t, err)
		far, err := os.Open(name)
		must(t, err)
		return stream{f, far}
	},
	"socket": socketStream,
	"null": func(t *testing.T) stream {
		f, err := os.OpenFile("/dev/null", os.O_WRONLY, 0)
		must(t, err)
		return stream{file: f}
	},
	"closed": func(t *testing.T) stream { return stream{} },
}

// TestStandardStreams runs a session with every kind of stdin and stdout on every multiplexer: what stdin says
// arrives, the answer is written, the end is 0, and the flags of both are what they were.
func TestStandardStreams(t *testing.T) {
	for _, multiplexer := range mux.Names() {
		for kind, open := range stdins {
			t.Run(multiplexer+"/stdin "+kind, func(t *testing.T) { t.Parallel(); testStreams(t, multiplexer, kind, open(t), stdouts["pipe"](t)) })
		}
		for kind, open := range stdouts {
			t.Run(multiplexer+"/stdout "+kind, func(t *testing.T) { t.Parallel(); testStreams(t, multiplexer, "pipe", stdins["pipe"](t), open(t)) })
		}
	}
}

func testStreams(t *testing.T, multiplexer, stdinKind string, in, out stream) {
	heard, addr := answeringServer(t)
	host, port, _ := net.SplitHostPort(addr)
	line := fmt.Sprintf("exec gnc connect --mux %s %s %s", multiplexer, host, port)
	if in.file == nil {
		line += " <&-"
	}
	if out.file == nil {
		line += " >&-"
	}
	c := exec.Command("sh", "-c", line)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	var before []int
	for _, f := range []*os.File{in.file, out.file} {
		if f != nil {
			before = append(before, flagsOf(t, f))
		}
	}
	if in.file != nil {
		c.Stdin = in.file
	}
	if out.file != nil {
		c.Stdout = out.file
	}
	must(t, c.Start())
	stop := time.AfterFunc(patience, func() { c.Process.Kill() })
	defer stop.Stop()
	if err := c.Wait(); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	for _, f := range []*os.File{in.file, out.file} {
		if f != nil {
			if got := flagsOf(t, f); got != before[0] {
				t.Errorf("%s: flags %#x, %#x before", f.Name(), got, before[0])
			}
			before = before[1:]
		}
	}
	want := said
	if stdinKind == "null" || stdinKind == "closed" {
		want = ""
	}
	if got := <-heard; got != want {
		t.Errorf("the peer heard %q", got)
	}
	if out.far != nil {
		got := make([]byte, len(answered))
		if _, err := io.ReadFull(out.far, got); err != nil || string(got) != answered {
			t.Errorf("stdout got %q, %v", got, err)
		}
	}
}

func flagsOf(t *testing.T, f *os.File) int {
	t.Helper()
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0) // Fd makes it blocking, as os/exec would later
	must(t, err)
	return flags
}

// answeringServer hears a client out, then answers and closes.
func answeringServer(t *testing.T) (heard chan string, addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	heard = make(chan string, 1)
	go func() {
		defer ln.Close()
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		b, _ := io.ReadAll(c)
		heard <- string(b)
		io.WriteString(c, answered)
	}()
	return heard, ln.Addr().String()
}

// TestTerminalEndsWithThePeer: a person at the terminal is told that the peer has gone, and the session ends.
func TestTerminalEndsWithThePeer(t *testing.T) {
	for _, multiplexer := range mux.Names() {
		t.Run(multiplexer, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			must(t, err)
			defer ln.Close()
			tty := terminal(t)
			host, port, _ := net.SplitHostPort(ln.Addr().String())
			c := exec.Command("gnc", "connect", "--mux", multiplexer, host, port)
			var stdout, stderr bytes.Buffer
			c.Stdin, c.Stdout, c.Stderr = tty.file, &stdout, &stderr
			must(t, c.Start())
			stop := time.AfterFunc(patience, func() { c.Process.Kill() })
			defer stop.Stop()
			peer, err := ln.Accept()
			must(t, err)
			io.WriteString(peer, answered)
			peer.Close()
			must(t, c.Wait())
			if stdout.String() != answered || strings.TrimSpace(stderr.String()) != "gnc: the peer closed the connection" {
				t.Errorf("stdout %q, stderr %q", stdout.String(), stderr.String())
			}
		})
	}
}

// TestInetdStyle gives gnc one socket as stdin and stdout: the session works both ways, and each end is passed on.
func TestInetdStyle(t *testing.T) {
	for _, multiplexer := range mux.Names() {
		t.Run(multiplexer, func(t *testing.T) {
			heard, addr := answeringServer(t)
			host, port, _ := net.SplitHostPort(addr)
			s := socketStream(t)
			c := exec.Command("gnc", "connect", "--mux", multiplexer, host, port)
			c.Stdin, c.Stdout = s.file, s.file
			must(t, c.Start())
			stop := time.AfterFunc(patience, func() { c.Process.Kill() })
			defer stop.Stop()
			s.far.WriteString(said)
			must(t, unix.Shutdown(int(s.far.Fd()), unix.SHUT_WR))
			if got := <-heard; got != said {
				t.Errorf("the peer heard %q", got)
			}
			got, err := io.ReadAll(s.far) // ends although s.file is still open here
			if err != nil || string(got) != answered {
				t.Errorf("got %q, %v", got, err)
			}
			must(t, c.Wait())
		})
	}
}
