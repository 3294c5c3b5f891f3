package job

import (
	"context"
	"errors"
	"io"
	"time"

	"gnc/cmd/startup"
	"gnc/netio"
	"gnc/resolve"
)

// Task is one run of a job on a loop. Its methods belong to the loop's goroutine, unless they say
// otherwise.
type Task struct {
	*reporter
	ctx  context.Context
	env  *Env
	loop *netio.Loop
	prepared
	live      map[ongoing]bool        // what serves a connection: sessions, scripts that are played, commands
	processes map[*netio.Process]bool // of commands that have not ended, or been ended
	bound     string                  // what a listener without IP addresses is called
	boundPort uint32                  // its port, where it has one: vsock's
	serving   bool                    // a service manager has heard so
	heeding   <-chan struct{}         // closed when signals are; nil where they keep their default action
	ending    func()                  // runs before anything is torn down, or nil
	cancel    func(error)             // ends what is under way, which then calls end
	over      bool                    // end has been called
	err       error
}

// ongoing is what the end of a task breaks off.
type ongoing interface{ Abort(err error) }

// runTask makes the loop and runs start on it until end is called. When ctx ends, or after the
// deadline (0: none), what is under way is cancelled with the cause, and at a signal too, if there
// would be something to put in order. What the job failed with goes through its messages.
func runTask(ctx context.Context, env *Env, multiplexer string, w Words, deadline time.Duration, atSignal disposition,
	start func(*Task) error) error {
	var heeding <-chan struct{}
	if atSignal == putInOrder || deadline > 0 {
		startup.AllProcessors()
	}
	if atSignal == putInOrder {
		ctx, heeding = untilSignal(ctx)
	}
	var err error
	if deadline > 0 {
		if err = resolve.CheckPoller(); err == nil {
			var stop context.CancelFunc
			ctx, stop = context.WithTimeoutCause(ctx, deadline, errDeadline)
			defer stop()
		}
	}
	r := newReporter(env, ctx, w)
	t := &Task{reporter: r, ctx: ctx, env: env, heeding: heeding, live: map[ongoing]bool{}, processes: map[*netio.Process]bool{}}
	if err == nil {
		err = r.openLog(ctx)
	}
	if err != nil {
		r.log = io.Discard
		return r.Messages.Verdict(t, err)
	}
	err = t.run(multiplexer, start)
	if err != nil {
		err = t.Messages.Verdict(t, err)
	}
	return r.closeLog(err)
}

func (t *Task) run(multiplexer string, start func(*Task) error) error {
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
	t.heedSignals()
	stop := context.AfterFunc(t.ctx, func() { loop.Post(func() { t.cancel(context.Cause(t.ctx)) }) })
	defer stop()
	if err := loop.Run(context.Background()); err != nil {
		return err
	}
	return t.closeScript(t.err)
}

// heedSignals returns when a signal would end the task in order. Whoever leaves something in the
// system that must be taken away, or reports to others that the task is ready, calls it before.
func (t *Task) heedSignals() {
	if t.heeding != nil {
		<-t.heeding
	}
}

// end ends the task with err: it aborts what is under way, after one more attempt to send what is
// to be sent, and ends the commands that still run.
func (t *Task) end(err error) {
	if t.over {
		return
	}
	t.over, t.err = true, err
	if t.ending != nil {
		t.ending()
	}
	t.abortAll(err)
	t.endProcesses()
}

// abortAll aborts what serves a connection.
func (t *Task) abortAll(err error) {
	for len(t.live) > 0 { // the end of one may be that of another
		for o := range t.live {
			delete(t.live, o)
			o.Abort(err)
		}
	}
}

// endProcesses stops the loop once no command is left.
func (t *Task) endProcesses() {
	if len(t.processes) == 0 {
		t.loop.Stop()
		return
	}
	for p := range t.processes {
		p.Terminate(func() {
			delete(t.processes, p)
			if len(t.processes) == 0 {
				t.loop.Stop()
			}
		})
	}
}

// whyEnded is the cause for which all is to end, unless err says it. What went on may have ended,
// well or badly, at the same moment.
func (t *Task) whyEnded(err error) error {
	if cause := context.Cause(t.ctx); cause != nil && !errors.Is(err, cause) {
		return cause
	}
	return err
}
