package cmd

import "context"

// Job is what a command line asks for, as data.
type Job interface {
	Run(ctx context.Context, env *Env) error
}
