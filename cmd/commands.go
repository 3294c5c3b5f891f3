package cmd

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"gnc/cmd/job"
	"gnc/netio/outfile"
)

// command is a row of the table of commands. grammar makes the kong struct that holds its flags.
type command struct {
	name    string
	usage   string
	summary string
	grammar func() grammar
}

// commanding is a grammar whose words after -- are a command, not the program's own.
type commanding interface {
	grammar
	command(words []string)
	// undashed is the error of words without --, some of which look like a command; nil if none do.
	undashed(words []string) error
}

// grammar is a kong struct that knows how to turn itself into a job.
type grammar interface {
	job(env *job.Env) (job.Job, error)
}

var commands = []command{
	{"listen", "[HOST] PORT", "accept clients, pipe them to stdin, stdout", func() grammar { return new(listenFlags) }},
	{"connect", "HOST PORT", "connect, pipe to stdin and stdout", func() grammar { return new(connectFlags) }},
	{"resolve", "HOST [SERVICE]", "names to addresses, in the order to try", func() grammar { return new(resolveFlags) }},
	{"wait", "TARGET...", "until targets answer, then run a command", func() grammar { return new(waitFlags) }},
	{"echo", "[HOST] PORT", "send back what arrives, for many at once", func() grammar { return new(echoFlags) }},
}

// commandNamed is the command of that name, or nil.
func commandNamed(name string) *command {
	for i := range commands {
		if commands[i].name == name {
			return &commands[i]
		}
	}
	return nil
}

// parse reads the arguments of this one command; the grammar of the others is never built. A nil
// job: help was given.
func (c *command) parse(env *job.Env, args []string) (job.Job, error) {
	flags := c.grammar()
	args, words, dashes := cutCommand(flags, args)
	var err error
	if !readPlain(flags, args) {
		flags = c.grammar()
		var helped bool
		if helped, err = c.parseWhole(env, flags, args); helped {
			return nil, nil
		}
	}
	taker, takes := flags.(commanding)
	switch {
	case dashes:
		taker.command(words)
	case takes:
		err = cmp.Or(taker.undashed(wordsOf(flags, args)), err)
	}
	var j job.Job
	if err == nil {
		j, err = flags.job(env)
	}
	if err != nil && !job.Is[*job.UsageError](err) && !job.Is[*outfile.Error](err) {
		err = &job.UsageError{Text: fmt.Sprintf("%s: %v; see gnc %s --help", c.name, err, c.name)}
	}
	return j, err
}

// cutCommand cuts off the command of a grammar that has one, and reports whether dashes precede it.
func cutCommand(flags grammar, args []string) (own, words []string, dashes bool) {
	i := slices.Index(args, "--")
	if _, takes := flags.(commanding); !takes || i < 0 {
		return args, nil, false
	}
	return args[:i], args[i+1:], true
}

// parseWhole has kong read the arguments into flags by the whole grammar. helped: they asked for
// help, and got it.
func (c *command) parseWhole(env *job.Env, flags grammar, args []string) (helped bool, err error) {
	parser, err := kong.New(flags,
		kong.Name("gnc "+c.name),
		kong.Description(c.summary),
		kong.Writers(env.Stdout, env.Stderr),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}),
		kong.Help(func(o kong.HelpOptions, ctx *kong.Context) error {
			return job.Answer(env, func(io.Writer) error { return kong.DefaultHelpPrinter(o, ctx) })
		}),
	)
	if err != nil {
		panic("cmd: the grammar of " + c.name + ": " + err.Error())
	}
	if flag, empty := emptyValue(flags, args); empty {
		return false, fmt.Errorf("%s: its value is empty", flag)
	}
	if flag, short := shortDash(flags, args); short {
		return false, fmt.Errorf("-%s: a name of several letters has two dashes; write --%s", flag, flag)
	}
	_, err = parser.Parse(wordsLast(flags, args))
	return helped, c.plainer(err)
}

// helpText is gnc --help. It fits a screen.
func helpText() string {
	var b strings.Builder
	b.WriteString("gnc opens, accepts and pipes network connections.\n\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "  gnc %-7s [flags] %-14s %s\n", c.name, c.usage, c.summary)
	}
	fmt.Fprintf(&b, "  gnc %-7s %-22s %s\n", "nc", "...", "nc's language; also when called nc, netcat")
	b.WriteString(`
Each command has its own help: gnc listen --help. An address is HOST PORT,
HOST:PORT, [V6]:PORT or :PORT; other kinds are udp:, unix: and vsock:.

  gnc listen 8080 > file            receive a file
  gnc connect host 8080 < file      send one
  gnc connect -z host 8080          is the port open?
  gnc wait host:8080 -- COMMAND     run a command once it is

Exit status: 0 all done, 1 other failure, 2 usage, 3 name not resolved,
4 could not connect or bind, 5 timed out, 6 connection broken, 7 local input or
output failed, 8 proxy refused, 9 expectation not met, 128+N ended by signal N.
`)
	return b.String()
}
