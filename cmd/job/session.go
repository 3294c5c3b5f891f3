package job

import (
	"net/netip"
	"regexp"
	"time"

	"gnc/netio"
	"gnc/netio/sock"
)

// session joins a connection to the standard streams, then calls done with the error.
func (t *Task) session(job *Session, peer *netio.Conn, id int, done func(error)) {
	in, out, err := t.streams(job)
	if err != nil {
		peer.Close()
		done(err)
		return
	}
	t.join(job, peer, in, out, id, done)
}

// join moves bytes between a connection and two streams.
func (t *Task) join(job *Session, peer, in, out *netio.Conn, id int, done func(error)) *netio.Session {
	o := job.Options
	atTerminal := len(job.Exec) == 0 && job.Send == nil && netio.IsTerminal(int(t.env.Stdin.Fd()))
	o.EndWithPeer = atTerminal && !o.RecvOnly
	if atTerminal && o.Unfinished == netio.UnfinishedResets {
		o.Unfinished = netio.UnfinishedInOrder
	}
	if len(job.Exec) > 0 {
		o.Unfinished = netio.UnfinishedResets // also in nc: a command that is ended had more to say
		o.KeepOutput, o.Command = false, true // the command hears of the end, and need not read all that comes
	}
	o.Captures, t.captures = t.captures, nil // which are the session's, and closed with it
	o.Record = t.record(peer)
	if job.Expect != nil {
		o.Expect = netio.NewExpectation(job.Expect)
	}
	begin := t.env.Now()
	meter := t.newMeter(job, begin)
	var s *netio.Session
	s = netio.NewSession(t.loop, peer, in, out, o, func(r netio.Result) {
		delete(t.live, s)
		meter.stop()
		r.Err = judge(o.Expect, r)
		t.sessionEnded(job, r, id, t.env.Now().Sub(begin))
		done(r.Err)
	})
	t.cancel = s.Abort
	t.live[s] = true
	meter.start(s)
	return s
}

// streams are the standard streams, or the job's text instead of stdin.
func (t *Task) streams(job *Session) (in, out *netio.Conn, err error) {
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

// sessionEnded reports how a session went, or a conversation.
func (t *Task) sessionEnded(job *Session, r netio.Result, id int, took time.Duration) {
	if job.Stats {
		t.sumUp(job, r, took)
	}
	reason := endReason(r.Err)
	if r.Err == nil && r.PeerEnded {
		reason = "the peer closed the connection"
	}
	t.Messages.Closed(t, r, took)
	t.event("closed", "id", id, "sent", r.Sent, "received", r.Received, "seconds", took.Seconds(), "reason", reason)
}

// endReason is an event's word for how something ended.
func endReason(err error) string {
	if err != nil {
		return err.Error()
	}
	return "done"
}

// endpoint is an event's word for one end of a connection: its IP address, or what it is called
// without one.
func endpoint(a netip.AddrPort, name string) string {
	if a.IsValid() {
		return a.String()
	}
	return name
}

// Session is what both ends of a session have in common, as data.
type Session struct {
	Network   string // "ip", "ip4", "ip6"
	Kind      Kind
	Exec      []string // the command that runs on the connection, instead of the standard streams
	Shell     bool     // which is the system's shell
	Socket    sock.Options
	Numeric   bool
	Mux       string
	Options   netio.SessionOptions
	Deadline  time.Duration
	Send      *string        // what is sent instead of stdin, or nil
	Expect    *regexp.Regexp // what the peer must send, or nil
	AskMD5Key bool           // ask the terminal for Socket's
	Captures  []netio.CaptureOptions
	Script    string // file of the conversation that is played, instead of the standard streams; "" for none
	Record    string // file of the recording, "" for none
	Progress  string // "auto", "always" or "never"
	Size      int64  // what stdin will give, 0 if nobody knows
	Stats     bool
	Words     Words
}
