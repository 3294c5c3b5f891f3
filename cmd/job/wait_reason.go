package job

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"gnc/netio"
	"gnc/netio/sock"
	"gnc/resolve"
)

// errStillOpen is a target that accepts although --closed waits for the opposite.
var errStillOpen = errors.New("it still accepts")

// closedBy is nil if a try's end shows that nobody accepts. Silence alone does not: a full backlog
// is silent too.
func (t *waited) closedBy(err error) error {
	if err != nil && exitStatus(err) == exitTimeout {
		if t.silent++; t.silent >= silentTries {
			return nil
		}
		return err
	}
	t.silent = 0
	switch {
	case err == nil, errors.Is(err, netio.ErrBacklogFull):
		return errStillOpen
	case isGone(err):
		return nil
	}
	return err
}

// isGone reports whether a failure means that there is nobody: every address refuses or can't be
// reached, or there is no such path or name.
func isGone(err error) bool {
	if race, is := errors.AsType[*netio.RaceError](err); is && len(race.Failures) > 0 {
		return race.Err == nil &&
			!slices.ContainsFunc(race.Failures, func(e *netio.DialError) bool { return !isAbsence(e.Err) })
	}
	if lookup, is := errors.AsType[*resolve.Error](err); is {
		return lookup.Code == resolve.EAINoName || lookup.Code == resolve.EAINoData
	}
	return isAbsence(err)
}

func isAbsence(err error) bool {
	return anyOf(unix.ECONNREFUSED, unix.EHOSTUNREACH, unix.ENETUNREACH, unix.EHOSTDOWN, unix.ENETDOWN, unix.ETIMEDOUT,
		unix.ENOENT, unix.ENOTDIR, unix.EADDRNOTAVAIL)(err)
}

// untellableError is a failure of our own machine that leaves open whether anybody accepts, now and
// later. --closed ends with it: neither prohibit nor blackhole routes go away by waiting.
type untellableError struct {
	target string
	Err    error
}

func (e *untellableError) Error() string {
	return fmt.Sprintf("whether %s is closed cannot be told: %s", e.target, untellable(e.Err))
}

func (e *untellableError) Unwrap() error { return e.Err }

// untellable words a failure that shows nothing about the other side, "" for any other.
// TestWaitBehindRoutes shows which errors Linux has for which routes.
func untellable(err error) string {
	for _, row := range []struct {
		errno unix.Errno
		words string
	}{
		{unix.EACCES, "permission denied, as by a prohibit route or the mode of a path"},
		{unix.EPERM, "operation not permitted, as by a firewall"},
		{unix.EINVAL, "invalid argument, as by a blackhole route"},
		{unix.EPROTOTYPE, "it is a socket of another type"},
		{unix.ELOOP, "too many levels of symbolic links"},
	} {
		if errors.Is(err, row.errno) {
			return row.words
		}
	}
	return ""
}

// permanent reports whether no later try can do better: the target itself is at fault.
func permanent(err error) bool {
	var target *TargetError
	var lookup *resolve.Error
	var path *sock.UnixError
	switch {
	case errors.As(err, &target) && errors.As(err, &lookup):
		return target.Numeric || lookup.Code == resolve.EAIService
	case errors.As(err, &path):
		return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENAMETOOLONG)
	}
	return zoneless(err)
}

// zoneless reports whether a race was lost because every address lacks its zone.
func zoneless(err error) bool {
	race, is := errors.AsType[*netio.RaceError](err)
	return is && len(race.Failures) > 0 &&
		!slices.ContainsFunc(race.Failures, func(e *netio.DialError) bool { return !Is[*sock.ZoneError](e.Err) })
}

// reason is a failure without the words that name the target anyway.
func (t *waited) reason(err error) string {
	var race *netio.RaceError
	var path *sock.UnixError
	var refused *netio.RefusedError
	var lookup *resolve.Error
	switch {
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &refused):
		return refused.Err.Error()
	case errors.As(err, &lookup):
		return lookup.Error()
	case errors.As(err, &race) && len(race.Failures) == 1 && race.Failures[0].Addr.String() == t.target.Target.String():
		return race.Failures[0].Err.Error()
	case errors.As(err, &race) && len(race.Failures) == 0 && race.Err != nil:
		return race.Err.Error()
	}
	return err.Error()
}

// state is how it stands with a target that is not ready, "" if nothing is known yet.
func (t *waited) state() string {
	short := fmt.Sprintf(", but not for %v yet", t.job.Stable)
	switch {
	case t.holds:
		return "it accepts" + short
	case !t.begun.IsZero() && t.job.Closed:
		return "it no longer accepts" + short
	case !t.begun.IsZero():
		return "it answers" + short
	case t.expect != nil && !t.expect.Nothing() && !t.expect.Met():
		return (&expectError{pattern: t.expect.Pattern(), instead: t.expect.Instead()}).Error()
	}
	return t.last
}
