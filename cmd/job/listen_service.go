package job

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"

	"gnc/netio"
	"gnc/netio/outfile"
	"gnc/netio/sock"
)

// client is a connection that a listener has accepted.
type client struct {
	conn *netio.Conn
	id   int            // counted from 1
	from netip.AddrPort // not valid for a Unix socket
}

// service is what becomes of a listener's clients. It is chosen once, from the job.
type service interface {
	begin() error                       // before the port is bound: opens what all clients share
	serve(c client, served func(error)) // takes over a client, and reports how it went
	fatal(err error) bool               // whether what went wrong with one client ends the listener too
	places() (most, each int)           // how many clients its rules allow at once; how many descriptors each takes
	makeWay()                           // ends a client that only waits for more, if there is one
	stop()                              // the clients have been aborted: closes what they shared
}

func (l *listening) newService() service {
	if l.job.IsCrowd() {
		return &crowd{listening: l}
	}
	return alone{l}
}

// withCaptures has begin called on the loop with the files that get a copy of one more client's
// session. They have been made in the set-up; each client adds to them.
func (l *listening) withCaptures(begin func([]*netio.Capture)) {
	if len(l.job.Captures) == 0 {
		begin(nil)
		return
	}
	open := func() ([]*netio.Capture, error) { return netio.OpenCaptures(l.job.Captures, true) }
	await(l.Task, open, func(captures []*netio.Capture, err error) {
		if err != nil {
			l.stop(err)
			return
		}
		begin(captures)
	})
}

// alone gives each client the standard streams, or a command.
type alone struct{ *listening }

func (alone) begin() error { return nil }

func (a alone) serve(c client, served func(error)) {
	begin := func(captures []*netio.Capture) {
		a.captures = captures
		a.onConnection(&a.job.Session, c.conn, c.id, served)
		if most, _ := a.places(); most > 1 { // whatever ends us ends all of them, not the latest alone
			a.cancel = a.listening.stop
		}
	}
	if a.captures != nil { // the first client's
		begin(a.captures)
		return
	}
	a.withCaptures(begin)
}

// fatal: a failure of our own meets every client, but for a lack of what others will give back.
func (alone) fatal(err error) bool {
	return Is[*outfile.Error](err) && !sock.IsShortage(err)
}

// places: the standard streams serve one client, commands and scripts many.
func (a alone) places() (most, each int) {
	if len(a.job.Exec) == 0 && a.job.Script == "" {
		return 1, 1
	}
	packets := a.job.Kind.IsPackets()
	each = 1 + len(a.job.Captures)
	if packets {
		each-- // all have the one socket
	}
	if len(a.job.Exec) > 0 {
		each++ // by which Go waits for the process
		if packets || a.job.sees() {
			each += 2 // pipes
		}
	}
	return cmp.Or(a.job.MaxConns, defaultMaxConns), each
}

func (alone) makeWay() {}

func (alone) stop() {}

// clientError is what went wrong with one client of many.
type clientError struct {
	id   int
	from string // its address, "" if it has none
	Err  error
}

func (e *clientError) Error() string {
	if e.from == "" || strings.Contains(e.Err.Error(), e.from) {
		return fmt.Sprintf("client %d: %v", e.id, e.Err)
	}
	return fmt.Sprintf("client %d, %s: %v", e.id, e.from, e.Err)
}

func (e *clientError) Unwrap() error { return e.Err }

// countError ends a --count some of whose clients failed. Its status is that of the first.
type countError struct {
	failed, of int
	Err        error
}

func (e *countError) Error() string {
	return fmt.Sprintf("%d of %d connections failed", e.failed, e.of)
}

func (e *countError) Unwrap() error { return e.Err }
