package job

import (
	"fmt"

	"gnc/netio"
	"gnc/netio/script"
)

// scripting is what a task has of its script and its recording.
type scripting struct {
	script    *script.Script
	recording *netio.Recording
	played    int // connections so far
	unmet     int // of them, those that did not keep to the script
}

// openScript reads the script and opens the recording, where they are asked for.
func (j *Session) openScript() (s scripting, err error) {
	if j.Script != "" {
		if s.script, err = script.Load(j.Script); err != nil {
			return s, err
		}
		if j.Kind.IsUnix() {
			if err = s.script.CheckUnix(); err != nil {
				return s, err
			}
		}
		if j.Kind.IsPackets() {
			if err = s.script.CheckPackets(); err != nil {
				return s, err
			}
		}
	}
	if j.Record != "" {
		s.recording, err = netio.OpenRecording(j.Record)
	}
	return s, err
}

// record is the part of the recording that is a connection's, or nil.
func (t *Task) record(peer *netio.Conn) *netio.Record {
	if t.recording == nil {
		return nil
	}
	return t.recording.Connection(peer.Name())
}

// play plays the task's script on a connection, then calls done with the error.
func (t *Task) play(job *Session, peer *netio.Conn, id int, done func(error)) {
	t.played++
	o := netio.PlayOptions{Number: t.played, Idle: job.Options.Idle, Linger: job.Options.Linger, Record: t.record(peer)}
	o.Captures, t.captures = t.captures, nil
	if t.Verbose > 0 {
		o.OnStep = func(line int, what string) { t.say(1, "connection %d: %s:%d: %s", id, job.Script, line, what) }
	}
	name, begin := peer.Name(), t.env.Now()
	var player *netio.Player
	player = netio.Play(t.loop, peer, t.script, o, func(r netio.Result) {
		delete(t.live, player)
		if Is[*netio.ScriptFailure](r.Err) {
			t.unmet++
			r.Err = &unmetError{id: id, peer: name, Err: r.Err}
		}
		t.sessionEnded(job, r, id, t.env.Now().Sub(begin))
		done(r.Err)
	})
	t.live[player] = true
}

// unmetError is a connection whose other side did not keep to the script.
type unmetError struct {
	id   int
	peer string
	Err  error
}

func (e *unmetError) Error() string {
	return fmt.Sprintf("connection %d (%s): %v", e.id, e.peer, e.Err)
}
func (e *unmetError) Unwrap() error { return e.Err }

// someUnmetError ends a listener that has reported each of them.
type someUnmetError struct {
	unmet, played int
	script        string
}

func (e *someUnmetError) Error() string {
	return fmt.Sprintf("%d of %d connections did not keep to %s", e.unmet, e.played, e.script)
}

// closeScript closes what the task has open, and returns the error that it ends with: a signal, or
// a deadline, ends a listener, but does not hide that a client did not keep to the script.
func (s *scripting) closeScript(err error) error {
	if s.script != nil {
		s.script.Close()
	}
	if s.recording != nil {
		if recordErr := s.recording.Close(); err == nil {
			err = recordErr
		}
	}
	status := exitStatus(err)
	if s.unmet > 0 && status != exitUnmet && status != exitLocal {
		return &someUnmetError{s.unmet, s.played, s.script.Name()}
	}
	return err
}
