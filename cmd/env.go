package cmd

import (
	"io"
	"os"
	"time"
)

// Env is what the program has of its surroundings. Tests bring their own.
type Env struct {
	Args   []string // the program's name first
	Stdin  *os.File
	Stdout *os.File
	Stderr io.Writer
	Getenv func(string) string
	Now    func() time.Time
}

// OSEnv is the process's own environment.
func OSEnv() *Env {
	return &Env{Args: os.Args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Now: time.Now}
}
