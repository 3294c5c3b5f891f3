package cmd

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gnc/cmd/job"
)

// TestHintsLead has command lines that lack something told what it is, and what to write. Whatever
// flag is named exists.
func TestHintsLead(t *testing.T) {
	for _, row := range []struct{ line, want string }{
		{"-l 8080", "write gnc listen 8080, or gnc nc -l 8080"},
		{"-lvp 8080", "write gnc listen -v 8080, or gnc nc -lvp 8080"},
		{"-l -p 8080", "write gnc listen 8080, or gnc nc -l -p 8080"},
		{"-lk 8080", "write gnc listen -k 8080, or gnc nc -lk 8080"},
		{"--listen 8080", "write gnc listen 8080"},
		{"localhost 80", "write gnc connect localhost 80"},
		{"localhost:80", "write gnc connect localhost:80"},
		{"unix:/run/x", "write gnc connect unix:/run/x"},
		{"/run/x", "write gnc connect unix:/run/x"},
		{"8080", "write gnc listen 8080, or gnc connect HOST 8080"},
		{"-z h 80", "write gnc connect -z h 80, or gnc nc -z h 80"},
		{"-z h p", "write gnc connect -z h p"},
		{"-u h 53", "write gnc connect -u h 53, or gnc nc -u h 53"},
		{"lisen", "did you mean gnc listen?"},
		{"lisen 80", "did you mean gnc listen?"},
		{"conect h 80", "did you mean gnc connect?"},
		{"ehco 80", "did you mean gnc echo?"},
		{"WAIT h:1", "did you mean gnc wait?"},
		{"hlep", "did you mean gnc help?"},
		{"ns 53", "write gnc connect ns 53"},
		{"help lisen", "did you mean gnc help listen?"},
		{"nonesuch", "see gnc --help"},

		{"wait h:1 echo hi", "gnc wait h:1 -- echo"},
		{"wait h:1 sh -c ls", "gnc wait h:1 -- sh"},
		{"wait h:1 unix:/x ./run --fast", "gnc wait h:1 unix:/x -- ./run"},
		{"wait -v h:1 --timeout 3 /bin/true", "gnc wait h:1 -- /bin/true"},
		{"wait h 80", "write HOST:PORT: h:80"},
		{"wait h:1 k 80", "write HOST:PORT: k:80"},
		{"wait /run/x", "write unix:/run/x"},
		{"wait h:80-90", "80-90 is more than one port; gnc connect -z "},
		{"wait -t 30 h:1", "unknown flag -t; write --timeout DUR"},
		{"wait -q h:1", "write --quiet"},
		{"wait -p 1 -q h", "write HOST:PORT"},
		{"wait -timeout 30 h:1", "write --timeout"},
		{"wait -Y h:1", "unknown flag -Y; see"},
		{"connect /run/x.sock", "write unix:/run/x.sock"},
		{"connect ./x.sock", "write unix:./x.sock"},
		{"connect @x", "write unix:@x"},
		{"connect /run/x 80", "write unix:/run/x"},
		{"listen /run/x.sock", "write unix:/run/x.sock"},
		{"echo /run/x.sock", "write unix:/run/x.sock"},
		{"connect h 80-90", "80-90 is more than one port; gnc connect -z "},
		{"connect h:80-90", "80-90 is more than one port; gnc connect -z "},
		{"connect h 80,90", "80,90 is more than one port; gnc connect -z "},
		{"connect h 80 90", "-z (--scan)"},
		{"connect -z h 80,90", "write 80 90"},
		{"listen 80-90", "80-90 is more than one port"},
		{"echo h 80-90", "80-90 is more than one port"},
		{"listen localhost", `the port is missing: "localhost" is neither a number nor a service; write localhost PORT`},
		{"listen 127.0.0.1", "write 127.0.0.1 PORT"},
		{"echo localhost", "the port is missing"},
		{"connect localhost", "has no port; write localhost:PORT"},
		{"connect -wait 3 h 1", "write --wait;"},
		{"connect -wait=3 h 1", "write --wait;"},
		{"connect h 1 -send x", "write --send;"},
		{"listen -count 3 0", "write --count;"},
		{"listen -exec cat 0", "write --exec;"},
		{"echo -linger 3 0", "write --linger;"},
		{"resolve -json h", "write --json;"},
		{"connect -p 99999 h 1", `--source-port: "99999" is not a number from 0 to 65535`},
		{"connect --ttl 256 h 1", `--ttl: "256" is not a number from 0 to 255`},
		{"connect --ttl=-1 h 1", `"-1" is not a number from 0 to 255`},
		{"connect --log-fd x h 1", `"x" is not a number`},
		{"listen --ready-fd 99999999999999999999 0", `"99999999999999999999" is too large a number`},
		{"connect --tls h 1", "gnc does not speak TLS yet; openssl s_client and ncat do"},
		{"listen --ssl 1", "gnc does not speak TLS yet"},
		{"connect -l 80", "write gnc listen"},
		{"connect -q 1 h 80", "gnc nc takes the letters of nc"},
		{"listen -z 80", "gnc connect has it"},
		{"echo -w 3 80", "write --idle-timeout DUR"},
		{"resolve -q h", "unknown flag -q; see"},
		{"resolve", "a word is missing; write gnc resolve HOST [SERVICE]"},
		{"resolve a b c", `"c" is one word too many; write gnc resolve HOST [SERVICE]`},
		{"nc -K key h 1", "gnc does not speak TLS yet"},
		{"nc -R file h 1", "gnc does not speak TLS yet"},
		{"nc -c localhost", "usage:"},
		{"nc -c localhost 1", "gnc does not speak TLS yet"},
		{"nc /run/x", "write -U /run/x"},
	} {
		_, err := parse(hintEnv(t, strings.Fields("gnc "+row.line)))
		if err == nil || !strings.Contains(err.Error()+"; see", row.want) {
			t.Errorf("gnc %s: %v, want %q", row.line, err, row.want)
			continue
		}
		if asked, hint, found := strings.Cut(err.Error(), "; "); found {
			checkNames(t, row.line+": "+asked, hint)
		}
	}
}

func hintEnv(t *testing.T, args []string) *job.Env {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { null.Close() })
	return &job.Env{Args: args, Stdout: null, Stderr: io.Discard, Getenv: func(string) string { return "" }}
}

// TestShortDashes: no name of several letters can be meant as letters.
func TestShortDashes(t *testing.T) {
	for _, c := range commands {
		r := readerOf(c.grammar())
		for _, f := range r.fields {
			switches := !slices.ContainsFunc([]byte(f.longName()), func(b byte) bool {
				letter := r.byLetter(b)
				return letter == nil || !letter.isSwitch()
			})
			if switches && !f.isWord() {
				t.Errorf("gnc %s -%s is a bundle of letters as well", c.name, f.longName())
			}
		}
	}
}

// TestHintsTable: a hint is about a flag that the command has not, and leads to one that it has.
func TestHintsTable(t *testing.T) {
	for _, h := range hints {
		names := h.commands
		if len(names) == 0 {
			for _, c := range commands {
				names = append(names, c.name)
			}
		}
		for _, name := range names {
			for _, flag := range h.flags {
				if hasFlag(name, flag) {
					t.Errorf("gnc %s has %s; the hint is never given", name, flag)
				}
			}
			for _, flag := range flagName.FindAllStringSubmatch(h.text, -1) {
				if !hasFlag(name, flag[1]) {
					t.Errorf("gnc %s: the hint %q names %s, which it has not", name, h.text, flag[1])
				}
			}
		}
	}
}

// TestTextsNameFlags reads all texts of the program: each flag that one names exists, and in the
// command that is named before it.
func TestTextsNameFlags(t *testing.T) {
	read := 0
	for _, pattern := range []string{"*.go", "*/*.go", "../netio/*.go", "../netio/*/*.go", "../resolve/*.go", "../mux/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				literal, is := n.(*ast.BasicLit)
				if !is || literal.Kind != token.STRING {
					return true
				}
				text, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(text, " ") { // a flag alone is a name, perhaps another program's
					checkNames(t, name, text)
					read++
				}
				return true
			})
		}
	}
	if read < 500 {
		t.Errorf("only %d texts were read", read)
	}
}

var (
	flagName  = regexp.MustCompile(`(?:^|[ ("\[])(--[a-z][a-z0-9-]+)`)
	namedFlag = regexp.MustCompile(`gnc (listen|connect|echo|resolve|wait)((?: [^ ;,]+)*)`)
	oneFlag   = regexp.MustCompile(`^(--[a-z][a-z-]+|-[A-Za-z0-9])$`)
)

// checkNames sees to the flags that a text names.
func checkNames(t *testing.T, where, text string) {
	t.Helper()
	for _, flag := range flagName.FindAllStringSubmatch(text, -1) {
		if !slices.ContainsFunc(commands, func(c command) bool { return hasFlag(c.name, flag[1]) }) {
			t.Errorf("%s: %q names %s, which no command has", where, text, flag[1])
		}
	}
	for _, named := range namedFlag.FindAllStringSubmatch(text, -1) {
		for _, word := range strings.Fields(named[2]) {
			if word == "--" {
				break
			}
			if oneFlag.MatchString(word) && !hasFlag(named[1], word) {
				t.Errorf("%s: %q names %s, which gnc %s has not", where, text, word, named[1])
			}
		}
	}
}

// hasFlag says whether a command has a flag, a long one or a letter.
func hasFlag(command, flag string) bool {
	if flag == "--help" || flag == "-h" {
		return true
	}
	c := commandNamed(command)
	if c == nil {
		panic(fmt.Sprintf("no command %q", command))
	}
	r := readerOf(c.grammar())
	if isLetter(flag) {
		return r.byLetter(flag[1]) != nil
	}
	return r.byName(strings.TrimPrefix(flag, "--")) != nil
}

func TestDistance(t *testing.T) {
	for _, row := range []struct {
		from, to string
		want     int
	}{{"", "", 0}, {"", "abc", 3}, {"lisen", "listen", 1}, {"listne", "listen", 1}, {"wiat", "wait", 1}, {"resovle", "resolve", 1}, {"ns", "wait", 4}, {"\xff", "a", 1}} {
		if got := distance(row.from, row.to); got != row.want {
			t.Errorf("%q to %q: %d, want %d", row.from, row.to, got, row.want)
		}
	}
}

// FuzzUnknownCommand has any words told what was meant: in one line, with only what would be
// accepted.
func FuzzUnknownCommand(f *testing.F) {
	for _, words := range []string{"-l 80", "h 80", "-lvp 80", "--listen=3 80", "-", "-- x", "lisen", "/x", "8080", "-z h 1-3", "' x"} {
		f.Add(words)
	}
	f.Fuzz(func(t *testing.T, words string) {
		args := strings.Split(words, " ")
		if commandNamed(args[0]) != nil {
			return
		}
		var said strings.Builder
		env := &job.Env{Stderr: &said, Getenv: func(string) string { return "" }}
		if job.Refuse(env, unknownCommand(env, args)); strings.Count(said.String(), "\n") != 1 {
			t.Errorf("%q: %q", args, &said)
		}
	})
}
