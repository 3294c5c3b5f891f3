package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gnc/cmd/job"
	"gnc/cmd/nc"
	"gnc/netio/outfile"
)

// plainer rewrites what kong and the standard library say of a command line in our words.
func (c *command) plainer(err error) error {
	var unwritten *outfile.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unwritten): // the help
		return unwritten
	}
	text := err.Error()
	flag, rest, _ := strings.Cut(text, ": ")
	unknown, isUnknown := strings.CutPrefix(text, "unknown flag ")
	switch {
	case strings.Contains(text, `got "EOL"`):
		return fmt.Errorf("%s: its value is missing", flag)
	case strings.Contains(text, "; perhaps try "):
		return fmt.Errorf("%s: its value is missing; one that begins with a dash is written %s=VALUE", flag, flag)
	case isUnknown:
		return c.unknownFlag(unknown)
	case strings.HasPrefix(text, "unexpected argument "):
		return fmt.Errorf("%q is one word too many; write gnc %s %s", strings.TrimPrefix(text, "unexpected argument "), c.name, c.usage)
	case strings.HasPrefix(text, "expected "):
		return fmt.Errorf("a word is missing; write gnc %s %s", c.name, c.usage)
	}
	if wanted, ok := numberWanted(rest); ok {
		return fmt.Errorf("%s: %s", flag, wanted)
	}
	if address, _, found := strings.Cut(strings.TrimPrefix(rest, "ParseAddr("), "): "); found && strings.HasPrefix(rest, "ParseAddr(") {
		return fmt.Errorf("%s: %s is not an address", flag, address)
	}
	return err
}

// numberWanted rewrites what kong says of a number that is none, or too large; ok: text is that.
func numberWanted(text string) (plain string, ok bool) {
	var bits int
	var kind, word string
	if n, _ := fmt.Sscanf(text, "expected a valid %d bit %s but got %q", &bits, &kind, &word); n < 3 {
		return "", false
	}
	switch {
	case bits < 32:
		return fmt.Sprintf("%q is not a number from 0 to %d", word, 1<<bits-1), true
	case job.IsNumber(word):
		return fmt.Sprintf("%q is too large a number", word), true
	}
	return fmt.Sprintf("%q is not a number", word), true
}

// unknownFlag is the error of a flag that the command has not: with ours for it, if another program
// has it. kong's own idea of what was meant, which may follow it, is kept where it is about names.
func (c *command) unknownFlag(text string) error {
	flag, idea, _ := strings.Cut(text, ", did you mean ")
	hint := c.hint(flag)
	switch {
	case hint == "" && idea != "" && !isLetter(flag):
		hint = "did you mean " + idea
	case hint == "":
		return fmt.Errorf("unknown flag %s", flag)
	}
	return fmt.Errorf("unknown flag %s; %s", flag, hint)
}

// hint says what to write instead of a flag of another program's.
func (c *command) hint(flag string) string {
	for _, h := range hints {
		if slices.Contains(h.flags, flag) && (len(h.commands) == 0 || slices.Contains(h.commands, c.name)) {
			return h.text
		}
	}
	if isLetter(flag) && (c.name == "listen" || c.name == "connect") {
		if _, known := nc.Letter(flag[1]); known {
			return "gnc nc takes the letters of nc"
		}
	}
	return ""
}

// isLetter reports whether a flag is a single letter.
func isLetter(flag string) bool { return len(flag) == 2 && flag[0] == '-' && flag[1] != '-' }

// hints are flags of nc, ncat, socat, wait-for-it and dockerize, and what to write for them. The
// first row that fits counts.
var hints = []struct {
	flags    []string
	commands []string // none: any
	text     string
}{
	{[]string{"-t"}, []string{"wait"}, "write --timeout DUR"},
	{[]string{"-q"}, []string{"wait", "echo"}, "write --quiet"},
	{[]string{"-p", "--port", "--host"}, []string{"wait"}, "write HOST:PORT"},
	{[]string{"-s", "--strict"}, []string{"wait"}, "a command runs only if the targets answered"},
	{[]string{"--wait-retry-interval"}, []string{"wait"}, "write --interval DUR"},
	{[]string{"-l", "--listen"}, []string{"connect"}, "write gnc listen"},
	{[]string{"-k", "-m", "--keep-open", "--max-conns", "--allow", "--deny", "--broker", "--chat"}, []string{"connect"},
		"gnc listen has it"},
	{[]string{"-z", "-s", "--scan", "--source", "--proxy", "--wait", "--send", "--expect"}, []string{"listen", "echo"}, "gnc connect has it"},
	{[]string{"-w", "--timeout"}, []string{"echo"}, "write --idle-timeout DUR"},
	{[]string{"-k", "--keep-open"}, []string{"echo"}, "gnc echo always serves many"},
	{[]string{"--sh", "--shell"}, []string{"listen", "connect"}, "write --sh-exec CMD"},
	{[]string{"--tls", "--ssl", "--ssl-verify", "--ssl-cert", "--ssl-key", "--ssl-trustfile", "--tls-cert", "--tls-key", "--tls-ca"}, nil, nc.NoTLS},
	{[]string{"--proxy-type", "--proxy-auth"}, []string{"connect"}, "write --proxy SCHEME://[USER:PASSWORD@]HOST[:PORT]"},
	{[]string{"--nodns"}, []string{"listen", "connect", "echo", "wait"}, "write --numeric"},
	{[]string{"--idle"}, []string{"listen", "connect", "echo"}, "write --idle-timeout DUR"},
	{[]string{"--append"}, []string{"listen", "connect"}, "write --append-output"},
}
