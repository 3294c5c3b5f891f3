package cmd

import (
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"gnc/cmd/job"
)

// TestPlainArguments has random arguments of each command read as plain ones, and by kong: what is
// plain, kong takes in the same way.
func TestPlainArguments(t *testing.T) {
	vocabulary := []string{
		"host", "80", "localhost", "-", "--", "-4", "-6", "-z", "-v", "-vv", "-zv", "-w", "-w5", "3", "500ms", "-w=2", "--timeout",
		"--timeout=1", "--mux", "poll", "--mux=select", "--no-shutdown", "--until=sent", "--until", "received", "--log=json",
		"--json", "--getent", "--explain", "--type", "--type=any", "--family=ip4", "--numeric-host", "--numerichost", "-n",
		"--order=rfc6724", "--source", "127.0.0.1", "-s127.0.0.1", "-p", "-p99", "--linger", "1", "--output", "-o-", "--ipv4=false",
		"--port-file=p", "--ready-fd", "--attempt-delay=1s", "--nonesuch", "-x", "--no-json", "--passive", "*", "", "--loops", "2", "-u", "-m3", "--udp=x", "--chunk=1K", "--stats",
	}
	random := rand.New(rand.NewPCG(1, 2))
	taken := 0
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	env := &job.Env{Stdout: null, Stderr: io.Discard}
	for _, c := range commands {
		for range 2000 {
			args := make([]string, random.IntN(6))
			for i := range args {
				args[i] = vocabulary[random.IntN(len(vocabulary))]
			}
			plain, whole := c.grammar(), c.grammar()
			if !readPlain(plain, args) {
				continue
			}
			taken++
			helped, err := c.parseWhole(env, whole, args)
			if helped || err != nil || !reflect.DeepEqual(plain, whole) {
				t.Fatalf("%s %q: plain %+v, kong %+v, %v", c.name, args, plain, whole, err)
			}
		}
	}
	if taken < 500 {
		t.Errorf("only %d of the random command lines made sense", taken)
	}
}

// TestPlainNames has the names of all flags from kong's model: both readers call them the same.
func TestPlainNames(t *testing.T) {
	for _, c := range commands {
		parser, err := kong.New(c.grammar(), kong.NoDefaultHelp())
		if err != nil {
			t.Fatal(err)
		}
		r := readerOf(c.grammar())
		for _, f := range parser.Model.Flags {
			if r.byName(f.Name) == nil {
				t.Errorf("%s: kong's --%s is unknown to the reader of plain arguments", c.name, f.Name)
			}
			if f.Short != 0 && r.byLetter(byte(f.Short)) != r.byName(f.Name) {
				t.Errorf("%s: -%c and --%s are not the same flag", c.name, f.Short, f.Name)
			}
		}
	}
}

func TestHelpFitsAScreen(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(helpText(), "\n"), "\n")
	if len(lines) > 24 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		if len(line) > 80 {
			t.Errorf("%d columns: %s", len(line), line)
		}
	}
}
