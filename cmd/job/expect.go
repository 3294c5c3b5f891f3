package job

import (
	"fmt"

	"gnc/netio"
)

// expectError is an answer other than the one that was asked for.
type expectError struct {
	pattern, instead string
	timedOut         bool // or else the peer ended
}

func (e *expectError) Error() string {
	text := fmt.Sprintf("expected %#q, received %s", e.pattern, e.instead)
	if e.timedOut {
		return "timed out: " + text
	}
	return text
}

// unansweredError is a time that ran out before anything was received.
type unansweredError struct{ pattern string }

func (e *unansweredError) Error() string {
	if e.pattern == "" {
		return "timed out: no answer"
	}
	return fmt.Sprintf("timed out: expected %#q, received nothing", e.pattern)
}

// judge is the error of a session that an expectation (or nil) was to end. A connection that broke
// stays one.
func judge(e *netio.Expectation, r netio.Result) error {
	if e == nil {
		return r.Err
	}
	timedOut := r.Err == nil && r.Lingered || r.Err != nil && exitStatus(r.Err) == exitTimeout
	switch {
	case e.Met(), r.Err != nil && !timedOut:
		return r.Err
	case timedOut && e.Nothing():
		return &unansweredError{e.Pattern()}
	}
	return &expectError{pattern: e.Pattern(), instead: e.Instead(), timedOut: timedOut}
}
