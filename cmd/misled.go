package cmd

import (
	"fmt"
	"slices"
	"strings"

	"gnc/cmd/job"
	"gnc/cmd/nc"
)

// unknownCommand is the error of a first word that is no command: with the line that does what it
// looks like, if any.
func unknownCommand(env *job.Env, args []string) error {
	text := fmt.Sprintf("unknown command %q; ", args[0])
	switch lines := meant(env, args); {
	case len(lines) > 0:
		text += "write " + strings.Join(lines, ", or ")
	case closestCommand(args[0]) != "":
		text += "did you mean gnc " + closestCommand(args[0]) + "?"
	default:
		text += "see gnc --help"
	}
	return &job.UsageError{Text: text}
}

// meant are the command lines that a person may have meant without the command, which nc has
// not. Each is one that would be accepted.
func meant(env *job.Env, args []string) (lines []string) {
	add := func(name string, words ...string) {
		if accepted(env, name, words) {
			lines = append(lines, job.CommandLine(append([]string{"gnc", name}, words...)))
		}
	}
	switch first := args[0]; {
	case strings.HasPrefix(first, "-"):
		if words, listens := withoutListen(args); listens {
			add("listen", words...)
		} else {
			add("connect", args...)
		}
		add("nc", args...)
	case len(args) == 1 && job.IsNumber(first):
		add("listen", first)
		add("connect", "HOST", first)
	case closestCommand(first) != "":
	case len(args) > 1 || !isWord(first) || job.IsPath(first):
		if job.IsPath(first) && len(args) == 1 {
			first = "unix:" + first
		}
		add("connect", append([]string{first}, args[1:]...)...)
	}
	return lines
}

// withoutListen takes nc's -l, or ncat's --listen, out of arguments, and -p before the port of
// nc.traditional's -l -p PORT.
func withoutListen(args []string) (words []string, listens bool) {
	for _, word := range args {
		switch letters, bundle := strings.CutPrefix(word, "-"); {
		case word == "--listen":
			listens = true
		case bundle && isSwitches(strings.TrimSuffix(letters, "p")):
			listens = listens || strings.Contains(letters, "l")
			if letters = strings.ReplaceAll(strings.TrimSuffix(letters, "p"), "l", ""); letters != "" {
				words = append(words, "-"+letters)
			}
		default:
			words = append(words, word)
		}
	}
	return words, listens
}

// isSwitches reports whether all letters of a bundle are letters of nc that take no value.
func isSwitches(bundle string) bool {
	return !slices.ContainsFunc([]byte(bundle), func(b byte) bool {
		value, known := nc.Letter(b)
		return value || !known
	})
}

// accepted reports whether a command line makes a job.
func accepted(env *job.Env, name string, words []string) bool {
	if name == "nc" {
		_, err := nc.Parse(env, name, words)
		return err == nil
	}
	flags := commandNamed(name).grammar()
	if !readPlain(flags, words) {
		return false
	}
	_, err := flags.job(env)
	return err == nil
}

// closestCommand is the command that a word is a slip of the pen for, or "".
func closestCommand(word string) string {
	names := []string{"help", "version"}
	for _, c := range commands {
		names = append(names, c.name)
	}
	best, least := "", 0
	for _, name := range names {
		d := distance(strings.ToLower(word), name)
		if most := max(1, len(name)/3); d <= most && (best == "" || d < least) {
			best, least = name, d
		}
	}
	return best
}

// distance counts the letters that were left out, put in, mistaken or swapped between two words.
func distance(from, to string) int {
	before, row := make([]int, len(to)+1), make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(from); i++ {
		next := make([]int, len(to)+1)
		next[0] = i
		for j := 1; j <= len(to); j++ {
			differs := 1
			if from[i-1] == to[j-1] {
				differs = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+differs)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(to)]
}
