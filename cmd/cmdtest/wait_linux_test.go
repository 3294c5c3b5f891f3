package cmdtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestWaitForName waits for a name that its name server does not know yet: names are looked up afresh at each try.
func TestWaitForName(t *testing.T) {
	if !inNamespaces(t, "TestWaitForName") {
		return
	}
	n := newNetwork(t)
	n.dns.reset(nil, nil)
	n.inClient(t, func() {
		c := exec.Command(os.Args[0], "wait", "-v", "--timeout", "30", "late.test:"+helloPort)
		c.Args[0] = "gnc"
		said, err := os.Create(filepath.Join(t.TempDir(), "said"))
		must(t, err)
		defer said.Close()
		c.Stderr = said
		must(t, c.Start())
		defer c.Process.Kill()
		eventually(t, "a failed lookup", func() bool {
			text, _ := os.ReadFile(said.Name())
			return strings.Contains(string(text), "gnc: tcp late.test:7000: No address associated with hostname\n")
		})
		n.dns.reset(map[string][]string{"late.test A": {dead4, good4}, "late.test AAAA": {shut6}}, nil)
		must(t, c.Wait())
	})
}

// TestWaitLine looks at the live line: on a terminal, cut to its width, gone at the end.
func TestWaitLine(t *testing.T) {
	t.Parallel()
	screen := terminal(t)
	missing := strings.Repeat("m", 100)
	c := exec.Command(os.Args[0], "wait", "--timeout", "20", "unix:"+missing)
	c.Args[0], c.Dir, c.Stderr = "gnc", t.TempDir(), screen.file
	must(t, c.Start())
	defer c.Process.Kill()
	screen.file.Close()
	var mu sync.Mutex
	var shown []byte
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buf := make([]byte, 4096)
		for {
			k, err := screen.far.Read(buf)
			mu.Lock()
			shown = append(shown, buf[:k]...)
			mu.Unlock()
			if err != nil { // EIO: nobody has the terminal open any more
				return
			}
		}
	}()
	text := func() string {
		mu.Lock()
		defer mu.Unlock()
		return string(shown)
	}
	eventually(t, "a line", func() bool { return strings.Contains(text(), "s for unix mmm") })
	echo := exec.Command(os.Args[0], "echo", "-U", missing)
	echo.Args[0], echo.Dir = "gnc", c.Dir
	must(t, echo.Start())
	defer echo.Process.Kill()
	must(t, c.Wait())
	<-ended
	lines := strings.Split(text(), "\r")
	for _, line := range lines {
		if len(line) > 79 {
			t.Errorf("a line of %d columns: %q", len(line), line)
		}
	}
	if k := len(lines); k < 3 || lines[k-1] != "" || strings.TrimSpace(lines[k-2]) != "" {
		t.Errorf("the line is still there: %q", text())
	}
}

// eventually waits until a condition holds, within patience.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s never came", what)
		}
	}
}
