// Package cmd is the command line: it turns flags into jobs, runs them, and turns their errors into one line on stderr
// and an exit status. Nothing else in the program prints or picks a status.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"gnc/cmd/sigdefault"
)

// Version is the program's, set by the linker.
var Version = "development"

// Job is what a command line asks for, as data.
type Job interface {
	Run(ctx context.Context, env *Env) error
}

// Main runs the program and returns its exit status.
func Main(env *Env) int {
	job, err := parse(env)
	var dialect *ncComplaint
	if errors.As(err, &dialect) {
		fmt.Fprint(env.Stderr, dialect.text)
		return dialect.status
	}
	if err != nil {
		fmt.Fprint(env.Stderr, sentenceLine(err.Error()))
		return exitStatus(err)
	}
	if job == nil { // help was asked for and given
		return 0
	}
	err = job.Run(context.Background(), env)
	dieOfInterrupt(err)
	return exitStatus(err)
}

// parse finds the command and has it read its arguments.
func parse(env *Env) (Job, error) {
	if name, ok := ncName(env.Args); ok {
		return parseNC(env, name, env.Args[1:])
	}
	if len(env.Args) < 2 {
		return nil, &usageError{text: "no command; see gnc --help"}
	}
	switch name, rest := env.Args[1], env.Args[2:]; name {
	case "--help", "-h", "help":
		return nil, help(env, rest)
	case "--version", "version":
		return nil, env.answerText("gnc " + Version + "\n")
	case "nc":
		return parseNC(env, name, rest)
	default:
		if c := commandNamed(name); c != nil {
			return c.parse(env, rest)
		}
		return nil, unknownCommand(env, env.Args[1:])
	}
}

// help is the program's help, or that of the command that is named.
func help(env *Env, words []string) error {
	if len(words) == 0 {
		return env.answerText(helpText())
	}
	name := words[0]
	if c := commandNamed(name); c != nil {
		_, err := c.parse(env, []string{"--help"})
		return err
	}
	switch closest := closestCommand(name); {
	case name == "nc":
		return env.answerText(ncHelp(isTraditional(env, name)))
	case closest == name: // help help
		return env.answerText(helpText())
	case closest != "":
		return &usageError{text: fmt.Sprintf("no command %q to help with; did you mean gnc help %s?", name, closest)}
	}
	return &usageError{text: fmt.Sprintf("no command %q to help with; see gnc --help", name)}
}

// signalError is the cause of a job that a signal ended.
type signalError struct{ signal syscall.Signal }

func (e *signalError) Error() string { return "ended by signal: " + e.signal.String() }

// disposition is what a signal that ends the program finds.
type disposition bool

const (
	putInOrder    disposition = true  // bytes to flush, files and paths to leave as they should be: see untilSignal
	nothingToLose disposition = false // the default action ends the program, with the same status
)

// endingSignals are those that end a job in order: all that ask a program to end, and some that would end nc. What was
// ignored when the program began stays so: for nohup, and for what a shell without job control has in the background.
func endingSignals() []os.Signal {
	list := []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGALRM, syscall.SIGUSR1,
		syscall.SIGUSR2}
	return slices.DeleteFunc(list, signal.Ignored)
}

// untilSignal is a context that any of endingSignals cancels. An earlier signal, and a second one,
// finds the default action. Listening to signals takes the runtime a tenth of a short program's
// time: it begins in the background, and heeding is closed when it has; a job that has nothing to
// put in order does not call this. There is no way back, for the program ends with the job.
func untilSignal(parent context.Context) (ctx context.Context, heeding <-chan struct{}) {
	ctx, cancel := context.WithCancelCause(parent)
	begun := make(chan struct{})
	go func() {
		signals := make(chan os.Signal, 1)
		heed(signals)
		close(begun)
		s := <-signals
		unheed(signals)
		cancel(&signalError{signal: s.(syscall.Signal)})
	}()
	return ctx, begun
}

// heed has signals hear of endingSignals.
func heed(signals chan<- os.Signal) {
	signal.Notify(signals, endingSignals()...)
	sigdefault.Unset()
}

// unheed gives endingSignals their default action again. What was on its way to signals has come.
func unheed(signals chan<- os.Signal) {
	sigdefault.Set()
	signal.Stop(signals)
}
