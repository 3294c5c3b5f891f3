package cmd

import (
	"cmp"
	"errors"
	"net/netip"

	"gnc/netio"
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
	serve(c client, served func(error)) // takes over a client, and tells how it went
	fatal(err error) bool               // whether what went wrong with one client ends the listener too
	atOnce() int                        // how many clients can be served at the same time
	stop(err error)                     // ends the clients that are being served, for that reason
}

func (l *listening) newService() service {
	if l.job.isCrowd() {
		return &crowd{listening: l, clients: map[int]*netio.Session{}}
	}
	return alone{l}
}

// alone gives each client the standard streams, or a command.
type alone struct{ *listening }

func (alone) begin() error { return nil }

func (a alone) serve(c client, served func(error)) {
	job := &a.job.sessionJob
	a.withCaptures(job, func() {
		a.onConnection(job, c.conn, c.id, served)
		if a.atOnce() > 1 { // whatever ends us ends all of them, not the latest alone
			a.cancel = a.listening.stop
		}
	})
}

// fatal: a failure of our own meets every client, but for a lack of what others will give back.
func (alone) fatal(err error) bool {
	var op *netio.OpError
	return errors.As(err, &op) && op.Local && !netio.IsShortage(err)
}

// atOnce: the standard streams serve one, commands and scripts as many as the client's rules say, and as there is room for.
func (a alone) atOnce() int {
	if len(a.job.Exec) == 0 && a.job.Script == "" {
		return 1
	}
	each := 1 + len(a.job.Captures) // descriptors
	if len(a.job.Exec) > 0 {
		each++ // by which Go waits for the process
		if a.job.sees() {
			each += 2 // pipes
		}
	}
	return a.job.within(cmp.Or(a.job.MaxConns, defaultMaxConns), each)
}

func (alone) stop(error) {} // the task's end does
