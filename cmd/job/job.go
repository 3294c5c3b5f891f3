// Package job holds what a command line asks for, as data, and runs it. It knows no flags. Nothing
// else in the program prints or picks an exit status.
//
// Run runs a job. A job's Run method makes a Task, which owns the loop: set-up first (prepare.go),
// then the lookup, the connection or the listener, then sessions. What happens goes to people
// through Messages and to programs through events. The error of the task gives the exit status, by
// the table in exit.go.
//
// Begin with task.go, then follow one kind of job: connect.go is the data, connect_task.go runs it.
package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/outfile"
)

// Job is what a command line asks for, as data.
type Job interface {
	Run(ctx context.Context, env *Env) error
}

// Run runs a job, and returns the program's exit status.
func Run(env *Env, j Job) int {
	err := j.Run(context.Background(), env)
	dieOfInterrupt(err)
	return exitStatus(err)
}

// Refuse reports why there is no job to run, and returns the program's exit status.
func Refuse(env *Env, err error) int {
	text := sentenceLine(err.Error())
	if e, is := errors.AsType[*Complaint](err); is {
		text = e.Text
	}
	fmt.Fprint(env.Stderr, text)
	return exitStatus(err)
}

// Env is what the program has of its surroundings. Tests bring their own.
type Env struct {
	Args   []string // the program's name first
	Stdin  *os.File
	Stdout *os.File
	Stderr io.Writer
	Getenv func(string) string
	Now    func() time.Time

	Version string // the program's
}

// Answer has write write what a person asked of the program itself to stdout: help, the version,
// addresses. A failure is stdout's. A reader that has gone is one, too: the signal that would end
// the program without a word is ignored.
//
// A stdout that was closed when the program began is none: Go's runtime puts /dev/null into its
// place before any code of ours runs, and nothing distinguishes it from one that was asked for.
func Answer(env *Env, write func(w io.Writer) error) error {
	signal.Ignore(unix.SIGPIPE)
	err := write(env.Stdout)
	if path, is := errors.AsType[*fs.PathError](err); is {
		err = path.Err
	}
	if err != nil {
		return outfile.Failed("write", "stdout", err)
	}
	return nil
}

// AnswerText answers with a text.
func AnswerText(env *Env, text string) error {
	return Answer(env, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}
