//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0

// Package cmdtest runs the program as a whole: its command lines, its signals and its peers. The test binary is the
// program, too. Begin with main_test.go; the scripts are in testdata/script.
package cmdtest

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"gnc/cmd"
	"gnc/cmd/startup"
	"gnc/mux"
)

func TestMain(m *testing.M) {
	commands := map[string]func(){
		"gnc":  gnc,
		"nc":   gnc, // by another name
		"peer": peer,
	}
	if commands[filepath.Base(os.Args[0])] == nil {
		startup.AllProcessors()
		manyAtOnce()
		unignoreSignals()
	}
	testscript.Main(m, commands)
}

// manyAtOnce has more tests run at once than there are processors, unless -parallel says how many: most of what they do
// is to wait.
func manyAtOnce() {
	flag.Parse()
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "test.parallel" })
	if !told {
		flag.Set("test.parallel", "8")
	}
}

// unignoreSignals has what the tests start begin with the signals that a run in the background, or under nohup, ignores.
// The run itself still does.
func unignoreSignals() {
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGHUP} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
}

// gnc is the program. With GNC_TEST_COPY its sessions move bytes by copy only.
func gnc() {
	env := cmd.OSEnv()
	if os.Getenv("GNC_TEST_COPY") != "" && len(env.Args) > 1 && (env.Args[1] == "listen" || env.Args[1] == "connect") {
		env.Args = slices.Insert(slices.Clone(env.Args), 2, "--zero-copy=never")
	}
	os.Exit(cmd.Main(env))
}

// TestScripts runs every script in testdata/script once per multiplexer; $MUX is its name. Once more they run on the
// best one without zero-copy. The scripts in once run on the best one only: they move no bytes on a multiplexer that a
// test could choose, as nc and the resolver's commands do not, or only look at what the command line refuses.
func TestScripts(t *testing.T) {
	for _, name := range mux.Names() {
		t.Run(name, func(t *testing.T) { runScripts(t, ".", name, "") })
	}
	t.Run("once", func(t *testing.T) { runScripts(t, "once", mux.Names()[0], "") })
	t.Run("copy", func(t *testing.T) { runScripts(t, ".", mux.Names()[0], "1") })
}

func runScripts(t *testing.T, folder, multiplexer, copyOnly string) {
	lib, err := filepath.Abs("../../testdata/script/lib.sh")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("../../testdata/script", folder),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Deadline:            time.Now().Add(5 * time.Minute), // of all, for nothing to be left behind
		Setup: func(env *testscript.Env) error {
			env.Setenv("MUX", multiplexer)
			env.Setenv("LIB", lib)
			env.Setenv("GNC_TEST_COPY", copyOnly)
			env.Setenv("PORTS", strconv.Itoa(portsOfScript()))
			return nil
		},
		Condition: func(name string) (bool, error) { return name == "GNC_TEST_COPY" && copyOnly != "", nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"port":   port,
			"status": status,
			"shell":  shell,
			"await":  await,
		},
	})
}

// scripts counts those that have begun.
var scripts atomic.Int32

// portsOfScript is the first of forty ports, from 10000 to 19999, that no other script of this run may take: see lib.sh. Two
// runs at a time hardly ever meet.
func portsOfScript() int { return 10000 + (os.Getpid()*83+int(scripts.Add(1)))%250*40 }

// patience bounds the waits of scripts for something that is bound to happen. It is long for the sake of a machine that
// is busy with other things: only what hangs waits for so long.
const patience = time.Minute

// await FILE TEXT waits until FILE holds TEXT.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await FILE TEXT")
	}
	var content []byte
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		content, _ = os.ReadFile(ts.MkAbs(args[0]))
		if bytes.Contains(content, []byte(args[1])) {
			return
		}
	}
	ts.Fatalf("%s never held %q; it holds %q", args[0], args[1], content)
}

// port FILE NAME waits until the port file is there, and puts the port into $NAME.
func port(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: port FILE NAME")
	}
	await(ts, false, []string{args[0], "\n"})
	ts.Setenv(args[1], strings.TrimSpace(ts.ReadFile(args[0])))
}

// status N COMMAND ARG... runs a command with no input that must end with status N, within patience. Its output is in
// the files out and err.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND ARG...")
	}
	if got := run(ts, args[1], args[2:]...); strconv.Itoa(got) != args[0] {
		ts.Fatalf("status %d, want %s; stderr: %s", got, args[0], ts.ReadFile("err"))
	}
}

// shell FILE runs a shell script that must succeed, like status; testdata/script/lib.sh is its prologue.
func shell(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: shell FILE")
	}
	if got := run(ts, "bash", "-eu", "-c", ". \"$LIB\"; . ./"+args[0]); got != 0 {
		ts.Fatalf("status %d; stderr: %s", got, ts.ReadFile("err"))
	}
}

// run runs a command without input to its end, within patience, and returns its status. Nothing it started outlives it.
func run(ts *testscript.TestScript, name string, args ...string) int {
	stdout, err := os.Create(ts.MkAbs("out"))
	ts.Check(err)
	defer stdout.Close()
	stderr, err := os.Create(ts.MkAbs("err"))
	ts.Check(err)
	defer stderr.Close()
	c := exec.Command(lookPath(ts, name), args...)
	c.Dir, c.Stdout, c.Stderr = ts.MkAbs("."), stdout, stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Env = os.Environ()
	for _, name := range []string{"PATH", "MUX", "PORT", "PORTS", "LIB", "WORK", "GNC_TEST_COPY"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(c.Start())
	kill := func() { syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	defer kill()
	stop := time.AfterFunc(patience, kill)
	c.Wait()
	if !stop.Stop() {
		ts.Fatalf("%s %s hangs; stdout: %s stderr: %s", name, strings.Join(args, " "), ts.ReadFile("out"), ts.ReadFile("err"))
	}
	if text := ts.ReadFile("err"); strings.Contains(text, "goroutine ") {
		ts.Fatalf("a stack trace on stderr: %s", text)
	}
	return c.ProcessState.ExitCode()
}

// lookPath finds a command on the script's PATH.
func lookPath(ts *testscript.TestScript, name string) string {
	if strings.Contains(name, "/") {
		return name
	}
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	ts.Fatalf("%s is not installed", name)
	return ""
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
