package job

import (
	"net/netip"
	"time"

	"gnc/netio"
)

// Messages words what happens to a job for people, and picks how the job ends. plainMessages are
// gnc's own; nc has some for each dialect.
type Messages interface {
	// Listening is about a listener's addresses; none for a Unix socket.
	Listening(t *Task, j *Listen, at []netip.AddrPort) Naming
	// Accepted is about a client before any of its bytes move.
	Accepted(t *Task, j *Listen, from, local netip.AddrPort) Naming
	// Begin comes before all other messages of a Connect, but after what has it fail at once.
	Begin(j *Connect) Naming
	// Bound is about the path of a Unix socket that is to be connected.
	Bound(t *Task, path string)
	// Attempt is about an attempt that begins; with --wait, first reports that it is one of the
	// first try's.
	Attempt(t *Task, a netip.AddrPort, first bool)
	// Refused is about an attempt that failed.
	Refused(t *Task, j *Connect, e *netio.DialError, first bool)
	// Connected is about a connection that was made.
	Connected(t *Task, j *Connect, port string, addr, local netip.AddrPort, took time.Duration)
	// Closed sums a session up.
	Closed(t *Task, r netio.Result, took time.Duration)
	// Verdict gives the reason why a job failed, and returns the error that picks the status: nil
	// for 0.
	Verdict(t *Task, err error) error
}

// Naming is the rest of a message, which needs the name of an address: Say gets what reverse finds
// for it. A message that is complete without has the zero value.
type Naming struct {
	Addr netip.Addr
	Say  func(name string, err error)
}

// finish says the rest of a message, then calls then: at once, or on the loop when the name has
// been looked up.
func (t *Task) finish(n Naming, then func()) {
	if !n.Addr.IsValid() {
		then()
		return
	}
	await(t, func() (string, error) { return reverse(t.ctx, n.Addr) }, func(name string, err error) {
		n.Say(name, err)
		then()
	})
}

// plainMessages are gnc's own.
type plainMessages struct{}

func (plainMessages) Listening(t *Task, j *Listen, at []netip.AddrPort) Naming {
	t.sayListening(at, j.Target, j.Ready)
	return Naming{}
}

func (plainMessages) Accepted(t *Task, _ *Listen, from, local netip.AddrPort) Naming {
	if from.IsValid() {
		t.say(1, "accepted %s on %s", from, local)
	} else {
		t.say(1, "accepted a client")
	}
	return Naming{}
}

func (plainMessages) Begin(*Connect) Naming { return Naming{} }

func (plainMessages) Bound(t *Task, path string) { t.say(1, "bound to unix:%s", path) }

func (plainMessages) Attempt(t *Task, a netip.AddrPort, first bool) {
	t.say(firstLevel(first), "connecting to %s", a)
}

func (plainMessages) Refused(t *Task, _ *Connect, e *netio.DialError, first bool) {
	t.say(firstLevel(first), "%v", e)
}

// firstLevel is how verbose one must be to hear of an attempt: those of later tries take -vv.
func firstLevel(first bool) int {
	if first {
		return 1
	}
	return 2
}

func (plainMessages) Connected(t *Task, j *Connect, _ string, addr, local netip.AddrPort, took time.Duration) {
	if j.Kind.ByName() {
		t.say(1, "connected to %s", j.name())
		return
	}
	level := 1
	if j.Scan && len(j.Ports) > 1 { // which port it was is what was asked
		level = 0
	}
	t.say(level, "connected to %s from %s in %v", addr, local, took.Round(time.Microsecond))
}

func (plainMessages) Closed(t *Task, r netio.Result, took time.Duration) {
	if r.PeerEnded {
		t.say(0, "the peer closed the connection")
	}
	t.say(1, "closed: sent %d, received %d bytes in %v", r.Sent, r.Received, took.Round(time.Microsecond))
}

func (plainMessages) Verdict(t *Task, err error) error {
	if t.Verbose > 0 && allRefused(err) { // each of which has had its message
		t.eventError(err, err.Error())
	} else {
		t.fail(err)
	}
	return err
}

// allRefused reports whether an error is about attempts to connect and nothing else.
func allRefused(err error) bool {
	race, is := err.(*netio.RaceError)
	return is && len(race.Failures)+len(race.Pending) > 0
}
