package cmdtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// copies is how often each script of TestPainsUnderLoad runs at the same time.
const copies = 9

// TestPainsUnderLoad runs the shell code of all the pain scripts, each several times, all at once: more than a hundred
// listeners and as many clients, each on a port of its own.
func TestPainsUnderLoad(t *testing.T) {
	lib, err := filepath.Abs("../../testdata/script/lib.sh")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../testdata/script/pain_*.txtar")
	if err != nil || len(files)*copies < 100 {
		t.Fatalf("only %d scripts: %v", len(files), err)
	}
	var all sync.WaitGroup
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for range copies {
			dir := t.TempDir()
			for _, f := range archive.Files {
				if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			all.Go(func() {
				if out, err := runPain(dir, lib); err != nil {
					t.Errorf("%s: %v\n%s", file, err, out)
				}
			})
		}
	}
	all.Wait()
}

// runPain runs pain.sh in dir, and ends what it has left behind.
func runPain(dir, lib string) (output string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "bash", "-eu", "-c", `. "$LIB"; . ./pain.sh`)
	c.Dir = dir
	c.Env = append(os.Environ(), "MUX=auto", "LIB="+lib)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	kill := func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.Cancel = kill
	c.WaitDelay = 5 * time.Second
	said, err := os.Create(filepath.Join(dir, "pain.out"))
	if err != nil {
		return "", err
	}
	defer said.Close()
	c.Stdout, c.Stderr = said, said
	if err := c.Start(); err != nil {
		return "", err
	}
	defer kill()
	err = c.Wait()
	text, _ := os.ReadFile(said.Name())
	return strings.TrimSpace(string(text)), err
}
