package cmd

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"gnc/cmd/job"
	"gnc/netio/address"
)

// waitFlags is the grammar of gnc wait.
type waitFlags struct {
	Target []string `arg:"" optional:"" name:"target" help:"HOST:PORT, [V6]:PORT, :PORT (this machine), tcp:HOST:PORT, udp:HOST:PORT, unix:PATH, unix:@NAME or vsock:CID:PORT; tcp://, udp://, unix:// and vsock:// mean the same. The command that gnc becomes follows the targets and --."`

	addressFlags

	All      bool      `xor:"how-many" help:"Wait for all targets (the default). One that was ready once stays ready."`
	Any      bool      `xor:"how-many" help:"Wait for the first of the targets."`
	Closed   bool      `help:"Wait until a target no longer accepts: it refuses, cannot be reached, has no such path or name, or three tries in a row get no answer at all."`
	Timeout  duration  `short:"w" placeholder:"DUR" help:"Give up after this long, with status 5 and a line for each target. Without it there is no bound."`
	Deadline duration  `placeholder:"DUR" help:"The same as --timeout; neither bounds the command."`
	Interval *duration `placeholder:"DUR" help:"Pause between tries: 250ms by default, less at first."`
	Stable   duration  `placeholder:"DUR" help:"A target is ready once it has stayed so for this long: the connection is not closed, or every try is answered, or, with --closed, refused."`

	Send   *escaped       `empty:"nothing" placeholder:"TEXT" help:"Ask with TEXT (it may have the escapes \\n, \\r, \\t, \\0, \\\\ and \\xHH): an answer must come."`
	Expect *regexp.Regexp `empty:"anything" placeholder:"REGEX" help:"The target's answer must match (RE2 syntax)."`

	wordFlags

	words  []string // of the command
	dashes bool     // a command has been announced
}

// command takes the words that follow --.
func (f *waitFlags) command(words []string) { f.words, f.dashes = words, true }

// undashed finds the first word after a target that is none itself: there a command begins, unless
// it is a port. So do words after a flag that we have not.
func (f *waitFlags) undashed(words []string) error {
	for i, word := range words {
		_, err := parseWaitTarget(word)
		switch {
		case err == nil && !isWord(word):
		case i == 0, job.IsNumber(word), len(words) > i+1 && job.IsNumber(words[i+1]):
			return nil
		default:
			return fmt.Errorf("%q is no target; a command has -- before it: gnc wait %s -- %s", word,
				job.CommandLine(words[:i]), job.CommandLine([]string{word}))
		}
	}
	return nil
}

func (f *waitFlags) job(*job.Env) (job.Job, error) {
	told, err := f.wordFlags.words()
	if err != nil {
		return nil, err
	}
	targets, err := waitTargets(f.Target)
	if err != nil {
		return nil, err
	}
	j := &job.Wait{Network: job.Family(f.IPv4, f.IPv6), Numeric: f.Numeric, Mux: f.Mux, Targets: targets, Any: f.Any, Closed: f.Closed,
		Timeout: time.Duration(f.Timeout), Stable: time.Duration(f.Stable), Send: (*string)(f.Send), Expect: f.Expect, Command: f.words, Words: told}
	if d := time.Duration(f.Deadline); d > 0 && (j.Timeout == 0 || d < j.Timeout) {
		j.Timeout = d
	}
	if f.Interval != nil {
		j.Interval = time.Duration(*f.Interval)
		if j.Interval < time.Millisecond {
			return nil, fmt.Errorf("--interval %v is less than a millisecond", j.Interval)
		}
	}
	hasUDP := slices.ContainsFunc(targets, func(t job.WaitTarget) bool { return t.Kind == job.UDP })
	switch {
	case f.dashes && len(f.words) == 0:
		return nil, errors.New("no command after --")
	case hasUDP && (j.Send == nil || *j.Send == ""):
		return nil, errors.New("a UDP port answers nothing until it is asked: give --send TEXT")
	case j.Closed && j.Expect != nil, j.Closed && j.Send != nil && !hasUDP:
		return nil, errors.New("--closed asks only whether a target accepts: --send and --expect have no say in it")
	}
	return j, nil
}

// waitTargets reads all targets.
func waitTargets(words []string) ([]job.WaitTarget, error) {
	if len(words) == 0 {
		return nil, errors.New("no target; write HOST:PORT")
	}
	var targets []job.WaitTarget
	for i, word := range words {
		t, err := parseWaitTarget(word)
		alone := isWord(word) // it has no port
		scheme, _, _ := hasScheme(word)
		switch {
		case job.IsPath(word):
			return nil, pathError(word)
		case (alone || err != nil && scheme == "") && len(words) > i+1 && isWord(words[i+1]):
			return nil, fmt.Errorf("%q and %q are two words; write HOST:PORT: %s", word, words[i+1],
				address.Pair(word, words[i+1]))
		case alone:
			return nil, fmt.Errorf("%q is no target; write HOST:PORT", word)
		case err != nil:
			return nil, err
		}
		targets = append(targets, t)
	}
	return targets, nil
}

func parseWaitTarget(word string) (job.WaitTarget, error) {
	k, t, err := parseAddress([]string{word}, job.TCP, false, portTarget)
	return job.WaitTarget{Target: t, Kind: k}, err
}
