package cmd

import (
	"net/netip"
	"time"

	"gnc/netio"
)

// voice words what happens to a job for people, and picks how the job ends. gnc's own is plainVoice; the nc front end
// has one for each dialect. What takes next may have to look up a name first, and calls next when it has spoken.
type voice interface {
	// listening is told of a listener's addresses; none for a Unix socket.
	listening(t *task, j *listenJob, at []netip.AddrPort, next func())
	// accepted is told of a client before any of its bytes move.
	accepted(t *task, j *listenJob, from, local netip.AddrPort, next func())
	// begin comes before anything else is told of a connectJob.
	begin(t *task, j *connectJob, next func())
	// bound is told of the path of a Unix socket that is to be connected.
	bound(t *task, path string)
	// attempt is told of an attempt that begins; with --wait, first says that it is one of the first try's.
	attempt(t *task, a netip.AddrPort, first bool)
	// refused is told of an attempt that failed.
	refused(t *task, j *connectJob, e *netio.DialError, first bool)
	// connected is told of a connection that was made.
	connected(t *task, j *connectJob, port string, addr, local netip.AddrPort, took time.Duration)
	// closed is told how a session went.
	closed(t *task, r netio.Result, took time.Duration)
	// verdict says why a job failed, and returns the error that picks the status: nil for 0.
	verdict(t *task, err error) error
}

// plainVoice is gnc's own.
type plainVoice struct{}

func (plainVoice) listening(t *task, j *listenJob, at []netip.AddrPort, next func()) {
	t.sayListening(at, j.Target, j.Ready)
	next()
}

func (plainVoice) accepted(t *task, _ *listenJob, from, local netip.AddrPort, next func()) {
	if from.IsValid() {
		t.say(1, "accepted %s on %s", from, local)
	} else {
		t.say(1, "accepted a client")
	}
	next()
}

func (plainVoice) begin(_ *task, _ *connectJob, next func()) { next() }

func (plainVoice) bound(t *task, path string) { t.say(1, "bound to unix:%s", path) }

func (plainVoice) attempt(t *task, a netip.AddrPort, first bool) {
	t.say(firstLevel(first), "connecting to %s", a)
}

func (plainVoice) refused(t *task, _ *connectJob, e *netio.DialError, first bool) {
	t.say(firstLevel(first), "%v", e)
}

// firstLevel is how verbose one must be to hear of an attempt: those of later tries take -vv.
func firstLevel(first bool) int {
	if first {
		return 1
	}
	return 2
}

func (plainVoice) connected(t *task, j *connectJob, _ string, addr, local netip.AddrPort, took time.Duration) {
	if j.Kind.byName() {
		t.say(1, "connected to %s", j.name())
		return
	}
	level := 1
	if j.Scan && len(j.Ports) > 1 { // which port it was is what was asked
		level = 0
	}
	t.say(level, "connected to %s from %s in %v", addr, local, took.Round(time.Microsecond))
}

func (plainVoice) closed(t *task, r netio.Result, took time.Duration) {
	if r.PeerEnded {
		t.say(0, "the peer closed the connection")
	}
	t.say(1, "closed: sent %d, received %d bytes in %v", r.Sent, r.Received, took.Round(time.Microsecond))
}

func (plainVoice) verdict(t *task, err error) error {
	if t.verbose > 0 && allRefused(err) { // each of which refused has told of
		t.eventError(err, err.Error())
	} else {
		t.fail(err)
	}
	return err
}

// allRefused says whether an error is about attempts to connect and nothing else.
func allRefused(err error) bool {
	race, is := err.(*netio.RaceError)
	return is && len(race.Failures)+len(race.Pending) > 0
}
