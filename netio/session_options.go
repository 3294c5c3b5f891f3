package netio

import (
	"errors"
	"fmt"
	"time"

	"gnc/netio/sock"
)

// Until says which end ends a session.
type Until uint8

const (
	UntilBoth     Until = iota // both directions have ended
	UntilReceived              // the peer's has
	UntilSent                  // ours has
	UntilEither                // the first has
)

// SessionOptions are the rules of a session. Durations of 0 mean no bound.
type SessionOptions struct {
	Until       Until
	EndWithPeer bool          // the peer's end ends the session, whatever Until says: a person sits at stdin
	NoShutdown  bool          // the end of stdin is not passed on
	SendOnly    bool          // the peer is not read
	RecvOnly    bool          // stdin is not read
	Linger      time.Duration // how long the other direction may idle once one has ended
	LetGo       time.Duration // how long a peer that has ended may idle while there is nothing to send to it
	Idle        time.Duration // how long nothing may move
	SilenceEnds bool          // after Idle what the peer sends is taken to have ended; only after Idle again it is too idle
	Quit        bool          // end, in good order, QuitAfter the end of what is sent
	QuitAfter   time.Duration
	QuitQuiet   bool          // with Quit: end only once nothing has moved for a moment, for a reply may be coming
	Unfinished  Unfinished    // what the peer learns of a failure
	SendAtHand  bool          // UntilReceived does not end before what the input gives at once is sent
	RecvLimit   int           // end after as many reads from the peer; 0: no limit
	CRLF        bool          // send each LF as CR LF
	Telnet      bool          // refuse the telnet options that the peer offers or asks for
	TelnetData  bool          // with Telnet: commands are taken out of what is received, and 255 is doubled where it is sent
	LinePause   time.Duration // after each line that is sent
	KeepOutput  bool          // the end from the peer is not passed on to stdout, which others will use
	ReaderMayGo bool          // that the output's reader goes while nothing is lost, and nothing is owed, is an orderly end
	Command     bool          // the streams are a command's: it may read no more, and what comes for it is dropped; see InputEnds
	Rate        int64         // bytes a second at most, each direction; 0: no bound
	CopyOnly    bool          // no splice and no sendfile
	Captures    []*Capture    // get a copy of both directions
	Record      *Record       // is told what happens, if not nil
	Expect      *Expectation  // what comes from the peer ends the session once it matches, if not nil

	OnDeparture func() // is told once that the peer has ended, and the input has not; nil: nobody is

	excused func() bool // others are to blame that nothing moves: it is not idle; nil: never
}

// shorter is the shorter of two bounds, of which 0 is none.
func shorter(d, e time.Duration) time.Duration {
	if d == 0 || e > 0 && e < d {
		return e
	}
	return d
}

// Result is how a session went.
type Result struct {
	Sent, Received int64        // bytes that the peer's side of the socket, and stdout, took
	Movers         [2]string    // what carried them: to the peer, from it; "" where nothing moved
	TCP            sock.TCPInfo // what the system knows of the connection
	PeerEnded      bool         // the session ended because the peer's direction did, with stdin still open
	Lingered       bool         // the session ended because Linger had passed
	Err            error        // nil if all that was asked for was done
}

// ErrIdle ends a session in which nothing moved for as long as SessionOptions.Idle.
var ErrIdle = errors.New("timed out: the connection was idle too long")

// UnwrittenError is an end that took nothing any more until the time ran out.
type UnwrittenError struct {
	Name  string
	Bytes int
}

func (e *UnwrittenError) Error() string {
	return fmt.Sprintf("%v; %d bytes were not written to %s", ErrIdle, e.Bytes, e.Name)
}

func (e *UnwrittenError) Unwrap() error { return ErrIdle }

// UnacknowledgedError is a connection that ended before the peer's system had confirmed all that was sent.
type UnacknowledgedError struct {
	Name  string
	Bytes int // sent, not confirmed
}

func (e *UnacknowledgedError) Error() string {
	return fmt.Sprintf("%s did not acknowledge the last %d bytes", e.Name, e.Bytes)
}
