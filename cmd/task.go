package cmd

import (
	"context"
	"time"

	"gnc/netio"
)

// task is one run of a job on a loop. Its methods belong to the loop's goroutine, unless they say otherwise.
type task struct {
	*reporter
	ctx      context.Context
	env      *Env
	loop     *netio.Loop
	capture  *netio.Capture // for the next session
	captured bool           // the file has been opened before: what follows is added to it

	scripting
	commands map[*netio.Command]bool // that are running
	peerName string                  // what traditionalVoice calls the host
	cancel   func(error)             // ends what is under way, which then calls end
	err      error
}

// runTask makes the loop and runs start on it until end is called. When ctx ends, at a signal, or after the deadline (0:
// none), what is under way is cancelled with the cause. What the job failed with goes through its voice.
func runTask(ctx context.Context, env *Env, multiplexer string, w words, deadline time.Duration, start func(*task) error) error {
	ctx, heeding := untilSignal(ctx)
	if deadline > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, deadline, errDeadline)
		defer stop()
	}
	t := &task{reporter: env.reporter(w), ctx: ctx, env: env}
	err := t.run(multiplexer, heeding, start)
	if err != nil {
		return t.voice.verdict(t, err)
	}
	return nil
}

func (t *task) run(multiplexer string, heeding <-chan struct{}, start func(*task) error) error {
	loop, err := netio.NewLoop(multiplexer)
	if err != nil {
		return err
	}
	defer loop.Release()
	t.loop = loop
	t.cancel = t.end
	if err := start(t); err != nil {
		return err
	}
	<-heeding
	stop := context.AfterFunc(t.ctx, func() { loop.Post(func() { t.cancel(context.Cause(t.ctx)) }) })
	defer stop()
	if err := loop.Run(context.Background()); err != nil {
		return err
	}
	return t.closeScript(t.err)
}

// end ends the task with err. Commands that still run are told to end; scripts are
// left.
func (t *task) end(err error) {
	for c := range t.commands {
		c.Kill()
	}
	t.abortPlayers(err)
	t.err = err
	t.loop.Stop()
}
