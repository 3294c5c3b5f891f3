package cmd

import (
	"time"

	"gnc/netio"
)

// session joins a connection to the standard streams, and ends the task with how it went.
func (t *task) session(job *sessionJob, peer *netio.Conn, id int) {
	in, out, err := t.standardStreams()
	if err != nil {
		peer.Close()
		t.end(err)
		return
	}
	o := job.Session
	o.EndWithPeer = !o.RecvOnly && netio.IsTerminal(int(t.env.Stdin.Fd()))
	o.Capture = t.capture
	begin := t.env.Now()
	meter := t.newMeter(job, begin)
	s := netio.NewSession(t.loop, peer, in, out, o, func(r netio.Result) {
		meter.stop()
		if job.Stats {
			t.sumUp(job, r, t.env.Now().Sub(begin))
		}
		t.sessionEnded(r, id, t.env.Now().Sub(begin))
	})
	t.cancel = s.Abort
	meter.start(s)
}

// withCapture opens the file that gets a copy of the session, if one is asked for, then goes on with next. Opening may
// take its time, as a named pipe does until somebody reads it.
func (t *task) withCapture(job *sessionJob, next func()) {
	if job.Capture == "" {
		next()
		return
	}
	go func() {
		c, err := netio.OpenCapture(job.Capture)
		t.loop.Post(func() {
			if err != nil {
				t.end(err)
				return
			}
			t.capture = c
			next()
		})
	}()
}

func (t *task) standardStreams() (in, out *netio.Conn, err error) {
	in, err = t.loop.Stdin(int(t.env.Stdin.Fd()))
	if err != nil {
		return nil, nil, err
	}
	out, err = t.loop.Stdout(int(t.env.Stdout.Fd()))
	if err != nil {
		in.Close()
		return nil, nil, err
	}
	return in, out, nil
}

func (t *task) sessionEnded(r netio.Result, id int, took time.Duration) {
	reason := "done"
	switch {
	case r.Err != nil:
		reason = r.Err.Error()
	case r.PeerEnded:
		reason = "the peer closed the connection"
		t.say(0, "the peer closed the connection")
	}
	t.say(1, "closed: sent %d, received %d bytes in %v", r.Sent, r.Received, took.Round(time.Microsecond))
	t.event("closed", "id", id, "sent", r.Sent, "received", r.Received, "seconds", took.Seconds(), "reason", reason)
	t.end(r.Err)
}
