// Package cmd is the command line: it turns flags into jobs, runs them, and turns their errors into one line on stderr
// and an exit status. Nothing else in the program prints or picks a status.
package cmd

import (
	"fmt"
	"os"
	"time"
)

// Version is the program's, set by the linker.
var Version = "development"

// OSEnv is the process's own environment.
func OSEnv() *Env {
	return &Env{Args: os.Args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Now: time.Now,
		Version: Version}
}

// Main runs the program and returns its exit status.
func Main(env *Env) int {
	j, err := parse(env)
	if err != nil {
		return refuse(env, err)
	}
	if j == nil { // help was asked for and given
		return 0
	}
	return run(env, j)
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
		return nil, answerText(env, "gnc "+Version+"\n")
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
		return answerText(env, helpText())
	}
	name := words[0]
	if c := commandNamed(name); c != nil {
		_, err := c.parse(env, []string{"--help"})
		return err
	}
	switch closest := closestCommand(name); {
	case name == "nc":
		return answerText(env, ncHelp(env.Version, isTraditional(env, name)))
	case closest == name: // help help
		return answerText(env, helpText())
	case closest != "":
		return &usageError{text: fmt.Sprintf("no command %q to help with; did you mean gnc help %s?", name, closest)}
	}
	return &usageError{text: fmt.Sprintf("no command %q to help with; see gnc --help", name)}
}
