package cmdtest

import (
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

// TestLiveLineFitsTheTerminal makes the terminal of a live line narrower and wider: from then on
// each drawing fits it, so that none goes on to another row. A terminal of 0 columns does not say
// how wide it is, and is taken for one of 80.
func TestLiveLineFitsTheTerminal(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { ln.Close() }) // after the subtests, which are parallel
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	big := filepath.Join(t.TempDir(), "big")
	must(t, os.WriteFile(big, nil, 0o600))
	must(t, os.Truncate(big, 1<<40))
	for _, multiplexer := range mux.Names() {
		for name, words := range map[string][]string{
			"connect": {"connect", "--mux", multiplexer, "--progress", "always", "--rate", "1K", "127.0.0.1", port},
			"wait":    {"wait", "--mux", multiplexer, "127.0.0.1:1", "unix:" + filepath.Join(t.TempDir(), "a name of many letters")},
		} {
			t.Run(multiplexer+"/"+name, func(t *testing.T) {
				t.Parallel()
				tty := terminal(t)
				resize(t, tty, 200)
				c := exec.Command("gnc", words...)
				stdin, err := os.Open(big)
				must(t, err)
				defer stdin.Close()
				c.Stdin, c.Stderr = stdin, tty.file
				must(t, c.Start())
				tty.file.Close() // when gnc has ended, so has the terminal
				defer c.Wait()
				defer c.Process.Kill()
				stop := time.AfterFunc(patience, func() { c.Process.Kill() })
				defer stop.Stop()
				for _, columns := range []uint16{200, 40, 20, 80, 10, 0, 1} {
					resize(t, tty, columns)
					drawn(t, tty, columns)
				}
			})
		}
	}
}

func resize(t *testing.T, tty stream, columns uint16) {
	t.Helper()
	must(t, unix.IoctlSetWinsize(int(tty.far.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}))
}

// drawn reads what is drawn after a change of the width: what was under way then, and after that
// only what fits.
func drawn(t *testing.T, tty stream, columns uint16) {
	t.Helper()
	room := int(columns) - 1
	if columns == 0 {
		room = 79
	}
	text, buf := "", make([]byte, 4096)
	for {
		n, err := tty.far.Read(buf)
		must(t, err)
		if text += string(buf[:n]); strings.Contains(text, "\n") {
			t.Fatalf("another row in %q", text)
		}
		lines := strings.Split(text, "\r")
		if len(lines) < 5 {
			continue
		}
		for _, line := range lines[3 : len(lines)-1] { // the last one may not be whole
			if len(line) > room {
				t.Fatalf("%q is drawn on %d columns", line, columns)
			}
		}
		return
	}
}
