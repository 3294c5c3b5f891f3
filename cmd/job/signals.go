package job

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"gnc/cmd/sigdefault"
)

// dieOfInterrupt has the program die of SIGINT itself, after a job that ended in order because of
// it, where the signal came from the terminal: a shell ends the loop that it runs there only if its
// command died of the signal. In $? it is the same, 130.
func dieOfInterrupt(err error) {
	s, is := errors.AsType[*SignalError](err)
	if !is || s.Signal != unix.SIGINT || exitStatus(err) != exitSignalBase+int(unix.SIGINT) || !inForeground() {
		return
	}
	signal.Reset(unix.SIGINT)
	unix.Kill(unix.Getpid(), unix.SIGINT)
	time.Sleep(time.Second) // it comes at once
}

// inForeground reports whether the terminal sends its signals to the program.
func inForeground() bool {
	fd, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// SignalError is the cause of a job that a signal ended.
type SignalError struct{ Signal syscall.Signal }

func (e *SignalError) Error() string { return "ended by signal: " + e.Signal.String() }

// disposition is what a signal that ends the program finds.
type disposition bool

const (
	putInOrder    disposition = true  // bytes to flush, files and paths to leave as they should be: see untilSignal
	nothingToLose disposition = false // the default action ends the program, with the same status
)

// endingSignals are those that end a job in order: all that ask a program to end, and some that
// would end nc. What was ignored when the program began stays so: for nohup, and for what a shell
// without job control has in the background.
func endingSignals() []os.Signal {
	list := []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGABRT, syscall.SIGALRM, syscall.SIGUSR1,
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
		cancel(&SignalError{Signal: s.(syscall.Signal)})
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
