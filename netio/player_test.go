package netio

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/script"
)

// playing is a script, and the peer that the test plays it against.
type playing struct {
	script string
	record string // file, or ""
	o      PlayOptions
	small  bool                // the peer's window is small
	peer   func(fd int) []byte // returns the received bytes; nil: the peer does nothing until the end
}

// play plays the script. It returns the bytes that the peer received, and the result.
func (c playing) play(t *testing.T, l *Loop) ([]byte, Result) {
	t.Helper()
	s, err := script.Parse("s", []byte(c.script))
	must(t, err)
	must(t, s.Open())
	defer s.Close()
	conn, fd := pair(t, l)
	if c.small {
		must(t, unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 4096))
	}
	got := make(chan []byte, 1)
	if c.peer == nil {
		got <- nil
	} else {
		go func() { got <- c.peer(fd) }()
	}
	defer unix.Close(fd)
	if c.record != "" {
		r, err := OpenRecording(c.record)
		must(t, err)
		defer func() { must(t, r.Close()) }()
		c.o.Record = r.Connection("peer")
	}
	var result Result
	c.o.Number = 1
	Play(l, conn, s, c.o, func(r Result) { result = r; l.After(0, l.Stop) }) // the turn closes conn
	runLoop(t, l)
	return <-got, result
}

// says returns a peer that sends pieces, half-closes, and reads to the end.
func says(pieces ...string) func(int) []byte {
	return func(fd int) []byte {
		for _, p := range pieces {
			unix.Write(fd, []byte(p))
			time.Sleep(time.Millisecond) // some pieces come alone; the outcome does not depend on it
		}
		unix.Shutdown(fd, unix.SHUT_WR)
		return readAll(fd)
	}
}

func readAll(fd int) (all []byte) {
	buf := make([]byte, 1<<16)
	for {
		n, err := unix.Read(fd, buf)
		if n <= 0 || err != nil {
			return all
		}
		all = append(all, buf[:n]...)
	}
}

func TestScriptFailures(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		for _, c := range []struct {
			script, said, want string
		}{
			{"expect a+b", "xaab", ""},
			{"expect a\nexpect a\nexpect-text b\nexpect-end", "aab", ""},
			{"expect a\nexpect a", "ab", "s:2: expected `a`, got \"b\", then the end"},
			{"expect ^b", "ab", "s:1: expected `^b`, got \"ab\", then the end"},
			{"expect ^", "", "s:1: expected `^`, got nothing, then the end"},
			{"expect-text ab\\n", "ac", "s:1: expected \"ab\\n\", got \"ac\""},
			{"expect-hex 00ff", "\x00\xfe", "s:1: expected 00ff, got 00fe"},
			{"expect-text ab", "a", "s:1: expected \"ab\", got \"a\", then the end"},
			{"expect-end", "\xff", "s:1: expected the end, got ff"},
			{"send x", "never expected", ""},
			{"expect a\nclose", "a and more", ""},
		} {
			_, r := playing{script: c.script, peer: says(c.said)}.play(t, l)
			var failure *ScriptFailure
			if c.want == "" && r.Err != nil || c.want != "" && (!errors.As(r.Err, &failure) || r.Err.Error() != c.want) {
				t.Errorf("%q to %q: %v\nwant %s", c.said, c.script, r.Err, c.want)
			}
		}
	})
}

// TestScriptSilence plays to a peer that sends nothing and takes nothing. The bound ends the
// conversation.
func TestScriptSilence(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		big := filepath.Join(t.TempDir(), "big")
		must(t, os.WriteFile(big, make([]byte, 8<<20), 0o600))
		for script, want := range map[string]string{
			"expect a":              "s:1: expected `a`, got nothing for 50ms",
			"send x\nexpect-end":    "s:2: expected the end, got nothing for 50ms",
			"send-file " + big:      "s:1: expected the peer to take what is sent, got nothing for 50ms",
			"send all that is said": "",
		} {
			_, r := playing{script: script, o: PlayOptions{Idle: 50 * time.Millisecond}}.play(t, l)
			if text := fmt.Sprint(r.Err); text != want && !(want == "" && r.Err == nil) {
				t.Errorf("%q: %v\nwant %s", script, r.Err, want)
			}
		}
	})
}

// TestScriptWindow has a peer send more bytes than the window holds. If the script expects a match,
// the peer did not keep to the script. If the script expects nothing, the bytes only wait.
func TestScriptWindow(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		flood := string(make([]byte, scriptWindow+100_000))
		_, r := playing{script: "expect x", peer: says(flood)}.play(t, l)
		if want := "s:1: expected `x`, got "; r.Err == nil || !bytes.HasPrefix([]byte(r.Err.Error()), []byte(want)) {
			t.Errorf("%v", r.Err)
		}
		_, r = playing{script: "delay 20ms\nexpect-hex 00\nexpect-text \\0\nexpect \\x00x$\nexpect-end", peer: says(flood, "x")}.play(t, l)
		if r.Err == nil {
			t.Error("more than the window came before the match")
		}
		_, r = playing{script: "delay 20ms\nclose", peer: says(flood)}.play(t, l)
		if r.Err != nil {
			t.Error(r.Err)
		}
	})
}

// TestScriptUnacknowledged sends bytes that our system takes and the peer's system does not: its
// window is small, and the peer never reads.
func TestScriptUnacknowledged(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		script := fmt.Sprintf("delay 1ms\nsend-hex %x\nclose", make([]byte, 100_000))
		_, r := playing{script: script, o: PlayOptions{Idle: 50 * time.Millisecond}, small: true}.play(t, l)
		var failure *ScriptFailure
		if !errors.As(r.Err, &failure) || failure.Want != wantTaken || failure.Line != 2 {
			t.Error(r.Err)
		}
	})
}

// TestScriptCloseDrains closes while unexpected bytes wait to be read. The peer must see an end,
// and no reset.
func TestScriptCloseDrains(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		for late := true; late; {
			var end error
			_, r := playing{script: "delay 50ms\nsend x\nclose", peer: func(fd int) []byte {
				buf := make([]byte, 10)
				unix.Write(fd, make([]byte, scriptWindow+50_000))
				n, _, _ := unix.Recvfrom(fd, buf, unix.MSG_PEEK|unix.MSG_DONTWAIT)
				late = n > 0 // the script went on before the peer had written all bytes: try again
				unix.Read(fd, buf)
				_, end = unix.Read(fd, buf)
				return nil
			}}.play(t, l)
			if !late && (r.Err != nil || end != nil) {
				t.Errorf("%v; the peer: %v", r.Err, end)
			}
		}
	})
}

// TestScriptLongFile sends files that are longer than one step's budget, and then a text.
func TestScriptLongFile(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		for _, size := range []int{0, stepBudget, 2 * stepBudget, 5<<20 + 1} {
			big := filepath.Join(t.TempDir(), "big")
			must(t, os.WriteFile(big, make([]byte, size), 0o600))
			got, r := playing{script: "send a\nsend-file " + big + "\ndelay 1ms\nsend b\nhalf-close\nexpect-text c", peer: says("c")}.play(t, l)
			if r.Err != nil || len(got) != size+2 || r.Sent != int64(size+2) || got[size+1] != 'b' {
				t.Errorf("%d bytes of %d, %v", len(got), size+2, r.Err)
			}
		}
	})
}

// TestScriptRoundTrip plays random conversations, and then their recordings. The bytes must be the
// same in both directions, and a recording of a recording must have the same content. A script must
// fail if the peer sends one byte less, one more, or a different one.
func TestScriptRoundTrip(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		dir := t.TempDir()
		for seed := range uint64(12) {
			random := rand.New(rand.NewPCG(seed, 1))
			script, said, heard := conversation(random)
			first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
			got, r := playing{script: script, record: first, peer: says(inPieces(random, said)...)}.play(t, l)
			if r.Err != nil || string(got) != heard {
				t.Fatalf("seed %d: %v; %d bytes instead of %d\n%.2000s", seed, r.Err, len(got), len(heard), script)
			}
			recorded, err := os.ReadFile(first)
			must(t, err)
			for _, line := range bytes.Split(recorded, []byte("\n")) {
				if len(line) > 4*recordLine+100 {
					t.Errorf("seed %d: a line of %d bytes", seed, len(line))
				}
			}
			got, r = playing{script: string(recorded), record: second, peer: says(inPieces(random, said)...)}.play(t, l)
			if r.Err != nil || string(got) != heard {
				t.Fatalf("seed %d: %v; %d bytes instead of %d\n%.2000s", seed, r.Err, len(got), len(heard), recorded)
			}
			again, err := os.ReadFile(second)
			must(t, err)
			if sum, want := summary(t, again), summary(t, recorded); sum != want {
				t.Errorf("seed %d: recorded\n%.2000s\nthen\n%.2000s", seed, want, sum)
			}
			for _, other := range spoiled(random, said) {
				_, r = playing{script: string(recorded), peer: says(inPieces(random, other)...)}.play(t, l)
				var failure *ScriptFailure
				if !errors.As(r.Err, &failure) {
					t.Errorf("seed %d: a peer that said something else: %v", seed, r.Err)
				}
			}
		}
	})
}

// conversation returns a script, the bytes that the peer must send, and the bytes that it gets.
func conversation(random *rand.Rand) (script, said, heard string) {
	for range 1 + random.IntN(6) {
		p := someBytes(random)
		if random.IntN(2) == 0 {
			script += fmt.Sprintf("send-hex %x\n", p)
			heard += string(p)
		} else {
			script += fmt.Sprintf("expect-hex %x\n", p)
			said += string(p)
		}
		if random.IntN(4) == 0 {
			script += "delay 12ms\n"
		}
	}
	return script + []string{"", "half-close\nexpect-end\n", "expect-end\n", "expect-end\nhalf-close\n"}[random.IntN(4)], said, heard
}

// someBytes returns text or binary data, short or long.
func someBytes(random *rand.Rand) []byte {
	p := make([]byte, 1+random.IntN([]int{5, 300, 40_000}[random.IntN(3)]))
	alphabet := []string{"ab \"\\\r\n\t", "aä\u2028\n", "ab", ""}[random.IntN(4)]
	for i := range p {
		if p[i] = byte(random.Uint32()); alphabet != "" {
			p[i] = alphabet[int(p[i])%len(alphabet)]
		}
	}
	return p
}

// inPieces cuts s into a few pieces.
func inPieces(random *rand.Rand, s string) (all []string) {
	for range random.IntN(3) {
		n := random.IntN(len(s) + 1)
		all = append(all, s[:n])
		s = s[n:]
	}
	return append(all, s)
}

// spoiled returns texts that differ from s by one byte.
func spoiled(random *rand.Rand, s string) []string {
	others := []string{s + "\n"}
	if s != "" {
		i := random.IntN(len(s))
		others = append(others, s[:len(s)-1], s[:i]+string(s[i]^1)+s[i+1:])
	}
	return others
}

// summary returns the content of a script, without pauses and without the borders between steps. It
// puts the peer's end last, because its place beside our own end is a matter of chance.
func summary(t *testing.T, text []byte) (all string) {
	s, err := script.Parse("s", text)
	must(t, err)
	last, end := script.OpDelay, ""
	for _, step := range s.PartOf(1).Steps {
		if step.Op == script.OpDelay {
			continue
		}
		if step.Op == script.OpExpectEnd {
			end += "\nend"
			continue
		}
		if step.Op != last {
			all += fmt.Sprintf("\n%d: ", step.Op)
		}
		last = step.Op
		all += string(step.Data)
	}
	return all + end
}
