package cmd

import (
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
)

// TestBriefGrammar has random arguments read by the brief and by the whole grammar of each command: what the brief one
// takes, the whole one takes in the same way.
func TestBriefGrammar(t *testing.T) {
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
	env := &Env{Stdout: null, Stderr: io.Discard}
	for _, c := range commands {
		for range 2000 {
			args := make([]string, random.IntN(6))
			for i := range args {
				args[i] = vocabulary[random.IntN(len(vocabulary))]
			}
			brief, whole := c.grammar(), c.grammar()
			if parseBrief(brief, args) != nil {
				continue
			}
			taken++
			helped, err := c.parseWhole(env, whole, args)
			if helped || err != nil || !reflect.DeepEqual(brief, whole) {
				t.Fatalf("%s %q: brief %+v, whole %+v, %v", c.name, args, brief, whole, err)
			}
		}
	}
	if taken < 500 {
		t.Errorf("only %d of the random command lines made sense", taken)
	}
}
