package cmd

import (
	"time"

	"gnc/netio"
)

// session joins a connection to the standard streams, and tells done how it went.
func (t *task) session(job *sessionJob, peer *netio.Conn, id int, done func(error)) {
	in, out, err := t.streams(job)
	if err != nil {
		peer.Close()
		done(err)
		return
	}
	t.join(job, peer, in, out, id, done)
}

// join moves bytes between a connection and two streams.
func (t *task) join(job *sessionJob, peer, in, out *netio.Conn, id int, done func(error)) {
	o := job.Session
	o.EndWithPeer = len(job.Exec) == 0 && job.Send == nil && !o.RecvOnly && netio.IsTerminal(int(t.env.Stdin.Fd()))
	if len(job.Exec) > 0 {
		o.KeepOutput = false // the command is told of the end
	}
	o.Capture, t.capture = t.capture, nil // which is the session's, and closed with it
	o.Record = t.record(peer)
	if job.Expect != nil {
		o.Expect = netio.NewExpectation(job.Expect)
	}
	begin, ended := t.env.Now(), false
	meter := t.newMeter(job, begin)
	s := netio.NewSession(t.loop, peer, in, out, o, func(r netio.Result) {
		ended = true
		meter.stop()
		r.Err = judge(o.Expect, r)
		if job.Stats {
			t.sumUp(job, r, t.env.Now().Sub(begin))
		}
		t.sessionEnded(r, id, t.env.Now().Sub(begin))
		done(r.Err)
	})
	if !ended { // as a session between two ends that have ended already is at once
		t.cancel = s.Abort
		meter.start(s)
	}
}

// withCapture opens the file that gets a copy of the session, if one is asked for, then goes on with next. Opening may
// take its time, as a named pipe does until somebody reads it.
func (t *task) withCapture(job *sessionJob, next func()) {
	if job.Capture == "" || t.capture != nil {
		next()
		return
	}
	o := job.CaptureAs
	o.Append = o.Append || t.captured
	go func() {
		c, err := netio.OpenCapture(job.Capture, o)
		t.loop.Post(func() {
			if err != nil {
				t.end(err)
				return
			}
			t.capture, t.captured = c, true
			next()
		})
	}()
}

// streams are the standard ones, with the job's text in the place of stdin.
func (t *task) streams(job *sessionJob) (in, out *netio.Conn, err error) {
	if job.Send != nil {
		in, err = t.loop.Text(*job.Send)
	} else {
		in, err = t.loop.Stdin(int(t.env.Stdin.Fd()))
	}
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
	}
	t.voice.closed(t, r, took)
	t.event("closed", "id", id, "sent", r.Sent, "received", r.Received, "seconds", took.Seconds(), "reason", reason)
}
