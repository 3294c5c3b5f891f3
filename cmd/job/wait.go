package job

import (
	"context"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	"gnc/netio/address"
)

// Wait is what is waited for, as data.
type Wait struct {
	Network  string
	Numeric  bool
	Mux      string
	Targets  []WaitTarget
	Any      bool
	Closed   bool
	Timeout  time.Duration // 0: no bound
	Interval time.Duration // 0: waitPause, and less at first
	Stable   time.Duration
	Send     *string        // what a target is asked, or nil
	Expect   *regexp.Regexp // what it must answer; nil: anything, if it is asked
	Command  []string       // that is run then, or none
	Words    Words
}

// WaitTarget is one address to wait for.
type WaitTarget struct {
	address.Target
	Kind Kind
}

func (t WaitTarget) String() string {
	switch t.Kind {
	case Unix, UnixPackets:
		return "unix " + t.Host
	case Vsock:
		return targetName(t.Kind, t.Target)
	}
	return t.Kind.protocol() + " " + t.Target.String()
}

// Run waits, then becomes the command. A signal that comes when the wait is over, and the command
// not there yet, ends it too: from the first moment on it is taken note of here.
func (j *Wait) Run(ctx context.Context, env *Env) error {
	signals := make(chan os.Signal, 1)
	if len(j.Command) > 0 {
		heed(signals)
	}
	var latest time.Duration // for words that nobody reads hold up the timer of --timeout, which knows why it was too late
	if j.Timeout > 0 {
		latest = j.Timeout + 100*time.Millisecond
	}
	err := runTask(ctx, env, j.Mux, j.Words, latest, putInOrder, func(t *Task) error {
		newWaiting(t, j).start()
		return nil
	})
	if err != nil || len(j.Command) == 0 {
		return err
	}
	unheed(signals)
	signal.Reset(endingSignals()...) // what was ignored when we began is ignored again
	select {
	case s := <-signals:
		return &SignalError{s.(syscall.Signal)}
	default:
	}
	err = become(j.Command)
	r := newReporter(env, ctx, j.Words)
	if r.logErr = r.openLog(ctx); r.logErr != nil {
		r.log = io.Discard
	}
	r.fail(err)
	return r.closeLog(err)
}
