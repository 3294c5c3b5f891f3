package cmd

import (
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

// fatal: a failure of our own meets every client.
func (alone) fatal(err error) bool {
	var op *netio.OpError
	return errors.As(err, &op) && op.Local
}

// atOnce: the standard streams serve one, commands and scripts many.
func (a alone) atOnce() int {
	switch {
	case len(a.job.Exec) == 0 && a.job.Script == "":
		return 1
	case a.job.MaxConns > 0:
		return a.job.MaxConns
	}
	return defaultMaxConns
}

func (alone) stop(error) {} // the task's end does
