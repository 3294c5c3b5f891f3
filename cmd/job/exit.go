package job

import (
	"errors"
	"slices"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio"
	"gnc/netio/outfile"
	"gnc/netio/proxy"
	"gnc/netio/script"
	"gnc/netio/sock"
	"gnc/resolve"
)

// The exit statuses that scripts rely on.
const (
	exitFailure    = 1
	exitUsage      = 2
	exitResolve    = 3
	exitConnect    = 4
	exitTimeout    = 5
	exitBroken     = 6
	exitLocal      = 7
	exitRefused    = 8
	exitUnmet      = 9
	exitSignalBase = 128
)

// UsageError is a command line that asks for nothing that can be done.
type UsageError struct{ Text string }

func (e *UsageError) Error() string { return e.Text }

// Complaint is what a dialect has to say instead of a job: it is printed as it stands.
type Complaint struct {
	Text   string
	Status int
}

func (e *Complaint) Error() string { return e.Text }

// errDeadline is the cause of a job that --deadline ended.
var errDeadline = errors.New("timed out: the deadline has passed")

// ErrAcceptTimeout ends a listener to which nobody came.
var ErrAcceptTimeout = errors.New("timed out: nobody connected")

// errLookupTimeout ends a lookup whose time ran out.
var errLookupTimeout = errors.New("timed out: no answer from the name servers")

// waitError is a --wait that ran out; Err is what the last try met.
type waitError struct{ Err error }

func (e *waitError) Error() string { return "timed out waiting: " + e.Err.Error() }

// StatusError is an error whose status is decided elsewhere: by another program, or by another
// dialect's rules.
type StatusError struct {
	Status int
	Err    error
}

func (e *StatusError) Error() string { return e.Err.Error() }
func (e *StatusError) Unwrap() error { return e.Err }

// exitTable says which kind of error gives which status. The first row that matches decides: the
// reason why something was given up comes before what it was busy with.
var exitTable = []struct {
	is     func(error) bool
	status int
}{
	{Is[*UsageError], exitUsage},
	{Is[*mux.UnknownError], exitUsage},
	{Is[*expectError], exitUnmet},
	{Is[*script.Error], exitUsage},
	{Is[*netio.ScriptFailure], exitUnmet},
	{Is[*someUnmetError], exitUnmet},
	{Is[*unansweredError], exitTimeout},
	{anyOf(errDeadline, ErrAcceptTimeout, errLookupTimeout, netio.ErrIdle, netio.ErrHeldUp, netio.ErrConnectTimeout,
		netio.ErrProxySilent),
		exitTimeout},
	{Is[*waitError], exitTimeout},
	{Is[*tooLateError], exitTimeout},
	{Is[*untellableError], exitConnect},
	{Is[*silentError], exitTimeout},
	{Is[*resolve.Error], exitResolve},
	{timedOutEverywhere, exitTimeout},
	{shortage, exitLocal},
	{Is[*proxy.Error], exitRefused},
	{Is[*netio.RaceError], exitConnect},
	{Is[*sock.ListenError], exitConnect},
	{Is[*silentVsockError], exitTimeout},
	{Is[*sock.VsockError], exitConnect},
	{Is[*sock.UnixError], exitConnect},
	{Is[*netio.RefusedError], exitConnect},
	{Is[*netio.UnacknowledgedError], exitBroken},
	{Is[*netio.OpError], exitBroken},
	{Is[*outfile.Error], exitLocal},
	{Is[*commandError], exitLocal},
}

// exitStatus is the program's exit status for a job that ended with err.
func exitStatus(err error) int {
	if err == nil {
		return 0
	}
	if e, is := errors.AsType[*Complaint](err); is {
		return e.Status
	}
	if e, is := errors.AsType[*StatusError](err); is {
		return e.Status
	}
	if e, is := errors.AsType[*SignalError](err); is {
		return exitSignalBase + int(e.Signal)
	}
	for _, row := range exitTable {
		if row.is(err) {
			return row.status
		}
	}
	return exitFailure
}

// Is reports whether an error has one of type E in its tree.
func Is[E error](err error) bool {
	_, is := errors.AsType[E](err)
	return is
}

func anyOf(targets ...error) func(error) bool {
	return func(err error) bool {
		return slices.ContainsFunc(targets, func(t error) bool { return errors.Is(err, t) })
	}
}

// timedOutEverywhere reports whether the system gave up on every address of a race for want of an
// answer.
func timedOutEverywhere(err error) bool {
	race, is := errors.AsType[*netio.RaceError](err)
	return is && len(race.Failures) > 0 &&
		!slices.ContainsFunc(race.Failures, func(e *netio.DialError) bool { return !errors.Is(e, unix.ETIMEDOUT) })
}

// shortage reports whether there is no connection because this machine lacks a descriptor or memory
// for it: the other machine has not been asked.
func shortage(err error) bool {
	return sock.IsShortage(err) && !Is[*netio.OpError](err) && !Is[*outfile.Error](err)
}
