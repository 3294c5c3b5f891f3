package job

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio"
	"gnc/netio/address"
	"gnc/netio/sock"
	"gnc/resolve"
)

// TestClosedBy says what a try with --closed shows of a target.
func TestClosedBy(t *testing.T) {
	dial := func(errs ...error) *netio.RaceError {
		e := &netio.RaceError{}
		for _, err := range errs {
			e.Failures = append(e.Failures, &netio.DialError{Addr: netip.MustParseAddrPort("127.0.0.1:1"), Err: err})
		}
		return e
	}
	silence := &netio.RaceError{Err: netio.ErrConnectTimeout}
	half := dial(unix.ECONNREFUSED)
	half.Err = netio.ErrConnectTimeout // the other address never answered
	for _, c := range []struct {
		name   string
		err    error
		closed bool
	}{
		{"it accepts", nil, false},
		{"refused", dial(unix.ECONNREFUSED), true},
		{"refused and unreachable", dial(unix.ECONNREFUSED, unix.EHOSTUNREACH), true},
		{"refused and out of descriptors", dial(unix.ECONNREFUSED, unix.EMFILE), false},
		{"no answer", silence, false},
		{"no answer from one of two", half, false},
		{"no path", &sock.UnixError{Op: "connect", Path: "x", Err: unix.ENOENT}, true},
		{"nobody has the path open", &sock.UnixError{Op: "connect", Path: "x", Err: unix.ECONNREFUSED}, true},
		{"the path is not ours to see", &sock.UnixError{Op: "connect", Path: "x", Err: unix.EACCES}, false},
		{"a full backlog", &sock.UnixError{Op: "connect", Path: "x", Err: netio.ErrBacklogFull}, false},
		{"no such name", &netio.RaceError{Err: &resolve.Error{Code: resolve.EAINoName}}, true},
		{"no name server", &netio.RaceError{Err: &resolve.Error{Code: resolve.EAIAgain}}, false},
		{"datagram refused", &netio.RefusedError{Err: unix.ECONNREFUSED}, true},
		{"reset", &netio.OpError{Op: "read", Err: unix.ECONNRESET}, false},
	} {
		target := &waited{}
		if err := target.closedBy(c.err); (err == nil) != c.closed {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	target := &waited{}
	for i, want := range []bool{false, false, true, true} { // silence is believed the third time
		if err := target.closedBy(silence); (err == nil) != want {
			t.Errorf("silence number %d: %v", i+1, err)
		}
	}
	if err := target.closedBy(errors.New("something else")); err == nil || target.silent != 0 {
		t.Errorf("an answer does not end a silence: %v, %d", err, target.silent)
	}
}

// TestWaitEndsLate has the deadline come before the timer of --timeout, as on a busy machine: the
// targets are told all the same.
func TestWaitEndsLate(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errDeadline)
	var said bytes.Buffer
	env := &Env{Stderr: &said, Now: time.Now, Getenv: func(string) string { return "" }}
	job := &Wait{Mux: "auto", Targets: []WaitTarget{{address.Target{Host: "/nonexistent/socket"}, Unix}}}
	err := job.Run(ctx, env)
	if want := "gnc: unix /nonexistent/socket: "; exitStatus(err) != exitTimeout || !strings.HasPrefix(said.String(), want) {
		t.Errorf("%v, told as %q, want %q", err, said.String(), want)
	}
}
