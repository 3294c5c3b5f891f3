package job

import (
	"context"
	"errors"
	"fmt"
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

// Refuse says why there is no job to run, and returns the program's exit status.
func Refuse(env *Env, err error) int {
	text := sentenceLine(err.Error())
	if e, is := errors.AsType[*Complaint](err); is {
		text = e.Text
	}
	fmt.Fprint(env.Stderr, text)
	return exitStatus(err)
}
