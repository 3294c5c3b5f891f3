package job

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio"
)

// Run listens, accepts connections, one unless more are asked for, and has them served.
func (j *Listen) Run(ctx context.Context, env *Env) error {
	j.boundSenders()
	return runTask(ctx, env, j.Mux, j.Words, j.Deadline, putInOrder, func(t *Task) error {
		l := &listening{Task: t, job: j}
		l.service, l.descriptors = l.newService(), descriptors(j.Mux)
		if err := l.service.begin(); err != nil {
			return err
		}
		t.ending = func() { t.notifyStopping(j.Ready) }
		t.setUp(j.mayBlock(), j.prepare, l.listen)
		return nil
	})
}

// listening is the task of a Listen.
type listening struct {
	*Task
	job         *Listen
	begin       time.Time
	listener    *netio.Listener       // of streams
	packets     *netio.PacketListener // of datagrams
	door        door                  // that clients come in by; nil where one session hears all datagrams
	timeout     *mux.Timer
	service     service
	descriptors int   // that clients may have, all together
	clients     int   // so far
	serving     int   // now
	failed      int   // clients that were not served well
	failure     error // of the first
	stopped     bool
}

// mayBlock reports whether a listening's prepare may.
func (j *Listen) mayBlock() bool {
	_, literal := j.local().literal()
	return j.Session.mayBlock() || j.Access.mayBlock() || !j.hasSocket() && !literal
}

// hasSocket reports whether there is no address to look up: the socket has none of IP, or was
// inherited.
func (j *Listen) hasSocket() bool { return j.Kind.ByName() || len(j.Inherited) > 0 }

func (j *Listen) local() query { return localQuery(j.Target, j.Network, j.Numeric) }

// prepare gets all that is needed before the port is bound.
func (j *Listen) prepare(ctx context.Context) (p prepared, err error) {
	lists := j.Access // a copy: the job stays what was asked for
	if err = lists.readFiles(); err != nil {
		return p, err
	}
	if p, err = j.Session.prepare(); err != nil {
		return p, err
	}
	p.place = new(place)
	if !j.hasSocket() {
		if p.addrs, err = j.local().some(ctx); err != nil {
			return p, err
		}
	}
	p.families = j.families(p.addrs)
	p.access, err = lists.settle(ctx, p.families, j.Numeric)
	return p, err
}

func (l *listening) listen() error {
	l.begin = l.env.Now()
	l.warnOfOtherFamily()
	return l.open()
}

// bindPause is between two tries to bind a busy port.
const bindPause = 100 * time.Millisecond

// open binds the addresses, then announces the port: a reader of the announcement can connect.
func (l *listening) open() error {
	l.heedSignals()
	at, err := l.bind(l.addrs)
	switch {
	case errors.Is(err, unix.EADDRINUSE) && l.env.Now().Sub(l.begin) < l.job.BindPatience:
		again := l.loop.After(bindPause, func() {
			if err := l.open(); err != nil {
				l.end(err)
			}
		})
		l.cancel = func(err error) {
			again.Stop()
			l.end(err)
		}
		return nil
	case err != nil:
		return err
	}
	l.bound = targetName(l.job.Kind, l.job.Target)
	if l.job.Kind == Vsock {
		l.bound, l.boundPort = l.listener.Vsock().String(), l.listener.Vsock().Port
	}
	l.cancel = l.stop
	l.finish(l.Messages.Listening(l.Task, l.job, at), func() {
		l.eventListening(at)
		if err := l.serve(at); err != nil {
			l.stop(err)
		}
	})
	return nil
}

// serve begins to accept, and reports the port where that is asked for.
func (l *listening) serve(at []netip.AddrPort) error {
	if err := l.accept(); err != nil {
		return err
	}
	if err := l.tellReady(l.job.Ready, at); err != nil {
		return err
	}
	if l.job.KeepOpen {
		startPoller()
	}
	if d := l.job.AcceptTimeout; d > 0 {
		l.timeout = l.loop.After(d, l.nobodyCame)
	}
	return nil
}

// accept waits for the next client, or for the first datagram.
func (l *listening) accept() error {
	switch {
	case l.job.EachSender():
		senders, err := l.packets.Each(l.options(), l.accepted)
		l.door = senders
		return err
	case l.packets != nil:
		return l.packets.Hear(l.accepted, l.stop)
	}
	l.door = l.listener
	return l.listener.Accept(l.accepted)
}

// stop ends everything for a reason from outside.
func (l *listening) stop(err error) {
	if l.stopped {
		return
	}
	l.stopped = true
	l.timeout.Stop()
	l.abortAll(err)
	l.service.stop()
	l.close()
	l.end(err)
}

// close stops listening. The standard streams may fail before anything listens.
func (l *listening) close() {
	switch {
	case l.door != nil:
		l.door.Close()
	case l.packets != nil:
		l.packets.Close()
	case l.listener != nil:
		l.listener.Close()
	}
}

// accepted takes a client. After the last one, others are refused.
func (l *listening) accepted(conn *netio.Conn, from netip.AddrPort) {
	last := l.job.Count > 0 && l.clients+1 == l.job.Count
	if last || !l.hearsMany() {
		l.timeout.Stop()
	}
	l.serving++
	switch {
	case l.door == nil: // the socket is the session's now
	case last:
		l.door.Refuse()
	case l.job.KeepOpen: // the door asks for room itself
	default:
		l.door.Refuse()
	}
	l.clients++
	id := l.clients
	if l.job.Options.Unfinished == netio.UnfinishedResets {
		conn.Guard() // until it is known what becomes of it
	}
	local := conn.Local()
	l.finish(l.Messages.Accepted(l.Task, l.job, from, local), func() {
		if !l.job.Serves(from) {
			l.event("refused", "remote", from.String(), "reason", "not the peer that was asked for")
			conn.Close()
			l.served(&StrangerError{from})
			return
		}
		l.event("accepted", "id", id, "local", endpoint(local, l.bound), "remote", endpoint(from, ""))
		l.service.serve(client{conn, id, from}, l.served)
	})
}

// StrangerError is a client other than the one that was asked for.
type StrangerError struct{ from netip.AddrPort }

func (e *StrangerError) Error() string { return fmt.Sprintf("refused a connection from %s", e.from) }

// served takes note of how a client's session ended. With --keep-open the listener goes on, until
// it has had as many as asked for.
func (l *listening) served(err error) {
	l.serving--
	if l.stopped { // the error of stop is the task's
		return
	}
	if l.job.KeepOpen && l.ctx.Err() != nil {
		err = l.whyEnded(err)
	}
	if l.isSilence(err) {
		err = nil
	}
	if !l.job.KeepOpen || l.door == nil || l.ctx.Err() != nil || l.service.fatal(err) {
		l.close()
		l.end(err)
		return
	}
	if err != nil {
		l.Messages.Verdict(l.Task, err) // a message, and no more: the others are served
		l.failed++
		if l.failure == nil {
			l.failure = err
		}
	}
	if l.serving == 0 {
		l.cancel = l.stop
	}
	switch {
	case l.job.Count > 0 && l.clients == l.job.Count:
		if l.serving == 0 {
			l.end(l.sum())
		}
		return
	case l.serving == 0 && l.timeout != nil && !l.job.OneByOne && !l.hearsMany():
		l.timeout.Reset(l.job.AcceptTimeout)
	}
	l.resume()
}

// sum is how all clients of --count have been served.
func (l *listening) sum() error {
	if l.failed == 0 {
		return nil
	}
	return &countError{l.failed, l.clients, l.failure}
}
