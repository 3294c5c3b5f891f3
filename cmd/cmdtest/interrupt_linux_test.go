package cmdtest

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

// TestSignalsEndLookupsAndAttempts goes on where testdata/script/interrupt.txtar, which has no network, must leave off: a
// name server that does not answer, and hosts that swallow what is sent to them. Left alone each of these would take ten
// seconds and more, and end with another status.
func TestSignalsEndLookupsAndAttempts(t *testing.T) {
	if !inNamespaces(t, "TestSignalsEndLookupsAndAttempts") {
		return
	}
	must(t, unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})) // of SIGQUIT
	n := newNetwork(t)
	const silent = "silent.test"
	lookups := []string{"connect silent.test 80", "connect -z silent.test 80", "connect -u silent.test 80", "connect --wait 10m silent.test 80",
		"connect --proxy socks5://silent.test:80 192.0.2.9 80", "listen silent.test 0", "listen -k --allow silent.test 127.0.0.1 0", "echo silent.test 0", "wait silent.test:80", "wait --closed silent.test:80 -- true",
		"resolve silent.test", "resolve --explain silent.test", "nc silent.test 80", "nc -z silent.test 80"}
	attempts := []string{"connect DEAD 80", "connect -z DEAD 80", "connect -z DEAD 80-89", "connect --wait 10m DEAD 80",
		"connect --proxy http://DEAD:80 192.0.2.9 80", "connect -c true DEAD 80", "wait DEAD:80", "wait --any DEAD:80 127.0.0.1:1 -- true",
		"nc DEAD 80", "nc -z DEAD 80"}
	for _, multiplexer := range mux.Names() {
		t.Run(multiplexer, func(t *testing.T) {
			for _, line := range lookups {
				begin := func() { n.dns.reset(nil, map[string]time.Duration{silent + " A": never, silent + " AAAA": never}) }
				n.interrupt(t, multiplexer, line, begin, func(int) bool { return len(n.dns.asked()) > 0 })
			}
			for _, line := range attempts {
				n.interrupt(t, multiplexer, strings.ReplaceAll(line, "DEAD", dead4), func() {}, connecting)
			}
		})
	}
}

// connecting says whether a process is in a network where a connection is being attempted.
func connecting(pid int) bool {
	const synSent = " 02 "
	table, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/net/tcp")
	return err == nil && bytes.Contains(table, []byte(synSent))
}

// interrupt runs a command line of gnc in the client's namespace, after begin, and ends it by a
// signal once it waits: each time by another one, and, where the command has it, once by
// --deadline.
func (n *network) interrupt(t *testing.T, multiplexer, line string, begin func(), waits func(pid int) bool) {
	words := strings.Fields(line)
	hasMux := words[0] != "resolve" && words[0] != "nc"
	if hasMux {
		words = append([]string{words[0], "--mux", multiplexer}, words[1:]...)
	}
	n.inClient(t, func() {
		for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGUSR1} {
			begin()
			c := n.start(t, words)
			defer c.Process.Kill()
			eventually(t, line+": the wait", func() bool { return waits(c.Process.Pid) })
			c.Process.Signal(sig)
			if got, want := statusOf(t, c), 128+int(sig); got != want {
				t.Errorf("%s: status %d after %v, want %d", line, got, sig, want)
			}
		}
		if !hasMux {
			return
		}
		const timedOut = 5
		c := n.start(t, append([]string{words[0], "--deadline", "300ms"}, words[1:]...))
		if got := statusOf(t, c); got != timedOut {
			t.Errorf("%s: status %d after --deadline, want %d", line, got, timedOut)
		}
	})
}

// start starts gnc, whose standard input never ends.
func (n *network) start(t *testing.T, words []string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], words...)
	c.Args[0] = "gnc"                                        // which is what the test binary then is
	c.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0") // the race detector's second at the end
	_, err := c.StdinPipe()
	must(t, err)
	must(t, c.Start())
	return c
}

// TestSecondSignalEndsAtOnce has an echo server hold on to a connection after a signal, and sends
// another one. Left to Go, SIGQUIT would print a trace and end with status 2, and SIGUSR1 do
// nothing.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	for _, second := range []syscall.Signal{syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGALRM} {
		portFile := filepath.Join(t.TempDir(), "port")
		c := exec.Command("sh", "-c", "ulimit -c 0; exec gnc echo --linger 1h --port-file "+portFile+" 127.0.0.1 0")
		must(t, c.Start())
		defer c.Process.Kill()
		var port []byte
		eventually(t, "the port", func() bool { port, _ = os.ReadFile(portFile); return len(port) > 0 })
		addr := "127.0.0.1:" + strings.TrimSpace(string(port))
		held, err := net.Dial("tcp", addr)
		must(t, err)
		defer held.Close()
		held.Write([]byte("x"))
		held.Read(make([]byte, 1)) // it has been accepted
		c.Process.Signal(syscall.SIGTERM)
		eventually(t, "the end of accepting", func() bool {
			again, err := net.Dial("tcp", addr)
			if err == nil {
				again.Close()
			}
			return err != nil
		})
		c.Process.Signal(second)
		if got, want := statusOf(t, c), 128+int(second); got != want {
			t.Errorf("status %d after %v, want %d", got, second, want)
		}
	}
}
