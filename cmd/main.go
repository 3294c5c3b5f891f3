// Package cmd is the program's own command line: it turns words and flags into jobs. Package nc
// does the same for nc's language. Package job runs the jobs of both, and is the only room that
// prints or picks an exit status.
//
// A command line goes through parse, here, to the command of its first word. That is a row of the
// table in commands.go, whose kong struct holds the flags and has a method that makes the job:
// connectFlags in connect.go makes a job.Connect. Begin with Main and parse, then read commands.go
// and connect.go.
package cmd

import (
	"fmt"
	"os"
	"time"

	"gnc/cmd/job"
	"gnc/cmd/nc"
)

// Version is the program's, set by the linker.
var Version = "development"

// OSEnv is the process's own environment.
func OSEnv() *job.Env {
	return &job.Env{Args: os.Args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Now: time.Now,
		Version: Version}
}

// Main runs the program and returns its exit status.
func Main(env *job.Env) int {
	j, err := parse(env)
	if err != nil {
		return job.Refuse(env, err)
	}
	if j == nil { // help was asked for and given
		return 0
	}
	return job.Run(env, j)
}

// parse finds the command and has it read its arguments.
func parse(env *job.Env) (job.Job, error) {
	if name, ok := nc.Called(env.Args); ok {
		return nc.Parse(env, name, env.Args[1:])
	}
	if len(env.Args) < 2 {
		return nil, &job.UsageError{Text: "no command; see gnc --help"}
	}
	switch name, rest := env.Args[1], env.Args[2:]; name {
	case "--help", "-h", "help":
		return nil, help(env, rest)
	case "--version", "version":
		return nil, job.AnswerText(env, "gnc "+Version+"\n")
	case "nc":
		return nc.Parse(env, name, rest)
	default:
		if c := commandNamed(name); c != nil {
			return c.parse(env, rest)
		}
		return nil, unknownCommand(env, env.Args[1:])
	}
}

// help is the program's help, or that of the command that is named.
func help(env *job.Env, words []string) error {
	if len(words) == 0 {
		return job.AnswerText(env, helpText())
	}
	name := words[0]
	if c := commandNamed(name); c != nil {
		_, err := c.parse(env, []string{"--help"})
		return err
	}
	switch closest := closestCommand(name); {
	case name == "nc":
		return job.AnswerText(env, nc.Help(env.Version, nc.Traditional(env, name)))
	case closest == name: // help help
		return job.AnswerText(env, helpText())
	case closest != "":
		return &job.UsageError{Text: fmt.Sprintf("no command %q to help with; did you mean gnc help %s?", name, closest)}
	}
	return &job.UsageError{Text: fmt.Sprintf("no command %q to help with; see gnc --help", name)}
}
