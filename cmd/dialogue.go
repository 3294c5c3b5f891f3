package cmd

import (
	"errors"
	"fmt"
	"regexp"

	"gnc/netio"
)

// dialogueFlags are what is said to the other side, and what it must answer.
type dialogueFlags struct {
	Send   *escaped       `empty:"nothing" placeholder:"TEXT" help:"Send TEXT instead of stdin, with \\n, \\r, \\t, \\0, \\\\ and \\xHH for what they stand for elsewhere."`
	Expect *regexp.Regexp `empty:"anything" placeholder:"REGEX" help:"End with status 0 as soon as what was received matches (RE2 syntax), with 9 if it ends without."`
}

// dialogue puts the flags into a job that has a session to hold it in.
func (f *connectFlags) dialogue(job *connectJob) error {
	if f.Send == nil && f.Expect == nil {
		return nil
	}
	switch {
	case job.Scan || job.PassFD:
		return errors.New("--send and --expect need a session: they go neither with --scan nor with --pass-fd")
	case len(job.Exec) > 0:
		return errors.New("--send and --expect do what the command of --exec or --sh-exec would: give one or the other")
	case job.Script != "":
		return errors.New("--send and --expect are a script of two steps: give them or --script")
	case f.Send != nil && job.Session.RecvOnly:
		return errors.New("--recv-only sends nothing: it does not go with --send")
	case f.Expect != nil && job.Session.SendOnly:
		return errors.New("--send-only receives nothing that --expect could wait for")
	}
	job.Send, job.Expect = (*string)(f.Send), f.Expect
	return nil
}

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

// judge is the error of a session that an expectation (or nil) was to end. A connection that broke stays one.
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
