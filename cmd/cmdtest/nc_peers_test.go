package cmdtest

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// The other ends of the rows. Those whose name begins with client connect to nc.

func peerName(peer func(*world)) string {
	name := runtime.FuncForPC(reflect.ValueOf(peer).Pointer()).Name()
	return name[strings.LastIndexByte(name, '.')+1:]
}

// hello sends a line and closes soon after.
func hello(w *world) {
	if c := w.accept(); c != nil {
		io.WriteString(c, "HELLO\n")
		time.Sleep(200 * time.Millisecond)
		c.Close()
	}
}

// helloReading closes when it has read something and sent its line.
func helloReading(w *world) {
	if c := w.accept(); c != nil {
		io.WriteString(c, "HELLO\n")
		io.ReadFull(c, make([]byte, 3))
		time.Sleep(100 * time.Millisecond)
		c.Close()
	}
}

// halfCloses sends a line, half-closes, and goes on reading.
func halfCloses(w *world) {
	if c := w.accept(); c != nil {
		io.WriteString(c, "HELLO\n")
		c.(*net.TCPConn).CloseWrite()
		w.receive(c, 0)
	}
}

// holds reads and neither sends nor closes.
func holds(w *world) {
	if c := w.accept(); c != nil {
		w.receive(c, 0)
		time.Sleep(100 * time.Millisecond)
	}
}

// neverCloses reads to the end, and keeps the connection for long.
func neverCloses(w *world) {
	if c := w.accept(); c != nil {
		w.receive(c, 0)
		time.Sleep(3 * time.Second)
	}
}

// repliesAfterEnd answers half a second after the end of what it reads.
func repliesAfterEnd(w *world) {
	if c := w.accept(); c != nil {
		b, _ := io.ReadAll(c)
		time.Sleep(500 * time.Millisecond)
		fmt.Fprintf(c, "REPLY[%s]\n", b)
		c.Close()
	}
}

// repliesLate answers a request after a second and a half.
func repliesLate(w *world) {
	if c := w.accept(); c != nil {
		io.ReadFull(c, make([]byte, 1))
		time.Sleep(1500 * time.Millisecond)
		io.WriteString(c, "LATE\n")
		time.Sleep(300 * time.Millisecond)
		c.Close()
	}
}

// resets resets the connection.
func resets(w *world) {
	if c := w.accept(); c != nil {
		time.Sleep(200 * time.Millisecond)
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

// resetsEarly resets in the middle of a stream.
func resetsEarly(w *world) {
	if c := w.accept(); c != nil {
		io.ReadFull(c, make([]byte, 10))
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}

// negotiates asks for a telnet option and offers one, and notes the answer.
func negotiates(w *world) {
	if c := w.accept(); c != nil {
		io.WriteString(c, "\xff\xfd\x18\xff\xfb\x01hi\n")
		answer := make([]byte, 6)
		io.ReadFull(c, answer)
		w.note(string(answer))
		c.Close()
	}
}

// receives takes all and closes.
func receives(w *world) {
	if c := w.accept(); c != nil {
		w.receive(c, 0)
		c.Close()
	}
}

// open accepts whatever comes.
func open(w *world) {
	for w.accept() != nil {
	}
}

// full is a listener whose queue is full: what comes next gets no answer.
func full(w *world) {
	raw, err := w.listener.(*net.TCPListener).SyscallConn()
	if err != nil {
		w.Error(err)
		return
	}
	raw.Control(func(fd uintptr) { syscall.Listen(int(fd), 0) })
	for range 3 {
		go func() {
			if c, err := net.DialTimeout("tcp", w.listener.Addr().String(), 5*time.Second); err == nil {
				w.onLeave(func() { c.Close() })
			}
		}()
	}
	time.Sleep(100 * time.Millisecond)
}

// clientHi sends a line and closes.
func clientHi(w *world) {
	if c := w.dial(); c != nil {
		io.WriteString(c, "hi\n")
		time.Sleep(200 * time.Millisecond)
		c.Close()
	}
}

// clientLeaves connects, and closes soon.
func clientLeaves(w *world) {
	if c := w.dial(); c != nil {
		time.Sleep(200 * time.Millisecond)
		c.Close()
	}
}

// clientReads reads to the end or for a second, then closes.
func clientReads(w *world) {
	if c := w.dial(); c != nil {
		w.receive(c, 700*time.Millisecond)
		c.Close()
	}
}

// clientHalfCloses sends, half-closes, and reads to the end, whatever that is.
func clientHalfCloses(w *world) {
	if c := w.dial(); c != nil {
		io.WriteString(c, "hi\n")
		c.(*net.TCPConn).CloseWrite()
		b, _ := io.ReadAll(c)
		w.note(string(b))
	}
}

// clientAnywhere connects to the port that nc chose, which /proc tells.
func clientAnywhere(w *world) {
	for range 400 {
		time.Sleep(5 * time.Millisecond)
		pid := int(w.pid.Load())
		if pid == 0 {
			continue
		}
		if port := listeningPort(pid); port != 0 {
			if c := w.dialTo(fmt.Sprint("127.0.0.1:", port)); c != nil {
				time.Sleep(200 * time.Millisecond)
				c.Close()
			}
			return
		}
	}
	w.Error("nc never listened")
}

// listeningPort is the port that a process listens on, or 0.
func listeningPort(pid int) (port int) {
	proc := fmt.Sprint("/proc/", pid)
	inodes := map[string]bool{}
	links, _ := filepath.Glob(proc + "/fd/*")
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil && strings.HasPrefix(to, "socket:[") {
			inodes[strings.Trim(to, "socket:[]")] = true
		}
	}
	table, _ := os.ReadFile(proc + "/net/tcp")
	for _, line := range strings.Split(string(table), "\n") {
		if f := strings.Fields(line); len(f) > 9 && f[3] == "0A" && inodes[f[9]] {
			fmt.Sscanf(f[1][strings.IndexByte(f[1], ':')+1:], "%X", &port)
		}
	}
	return port
}

// clientsTwo are two at once: the second waits until the first has gone.
func clientsTwo(w *world) {
	first := w.dial()
	second := w.dial()
	if first == nil || second == nil {
		return
	}
	io.WriteString(second, "B1\n")
	io.WriteString(first, "A1\n")
	time.Sleep(200 * time.Millisecond)
	first.Close()
	time.Sleep(300 * time.Millisecond)
	second.Close()
}

// clientsInTurn are two, one after another.
func clientsInTurn(w *world) {
	for range 2 {
		if c := w.dial(); c != nil {
			w.receive(c, 300*time.Millisecond)
			w.note("|")
			c.Close()
		}
	}
}

// taken is a port that somebody else listens on.
func taken(w *world) { time.Sleep(100 * time.Millisecond) }

// beforeAnotherNC is another nc that listens on the port already.
func beforeAnotherNC(w *world) {
	c := exec.Command(w.command[0], append(w.command[1:len(w.command):len(w.command)], strings.Fields(w.fill("-l PORT"))...)...)
	c.Env = append(os.Environ(), w.env...)
	if err := c.Start(); err != nil {
		w.Error(err)
		return
	}
	w.onLeave(func() { c.Process.Kill(); c.Wait() })
	for range 1000 {
		if listeningPort(c.Process.Pid) == w.port {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.Error("the first nc never listened")
}
