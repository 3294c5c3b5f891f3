package netio

import (
	"errors"
	"fmt"
	"time"

	"gnc/netio/sock"
)

// Until is the event that ends a session.
type Until uint8

const (
	UntilBoth     Until = iota // both directions have ended
	UntilReceived              // the peer's direction has ended
	UntilSent                  // our direction has ended
	UntilEither                // one direction has ended
)

// SessionOptions are the rules of a session. A duration of 0 means no bound.
type SessionOptions struct {
	Until       Until
	EndWithPeer bool          // the peer's end ends the session despite Until: a person is at stdin
	NoShutdown  bool          // the end of stdin is not passed on
	SendOnly    bool          // the peer is not read
	RecvOnly    bool          // stdin is not read
	Linger      time.Duration // idle bound once one direction has ended
	LetGo       time.Duration // idle bound of a peer that has ended, if no bytes for it are at hand
	Idle        time.Duration // idle bound of the whole session
	SilenceEnds bool          // the first Idle ends the peer's direction, the next one the session
	Quit        bool          // end in order, QuitAfter the end of the sending flow
	QuitAfter   time.Duration
	QuitQuiet   bool          // with Quit: end only after a quiet moment, because a reply may come
	Unfinished  Unfinished    // how a failed session ends for the peer
	SendAtHand  bool          // UntilReceived first sends the bytes that the input has at hand
	RecvLimit   int           // end after this number of reads from the peer; 0: no limit
	CRLF        bool          // send each LF as CR LF
	Telnet      bool          // refuse the telnet options that the peer offers or asks for
	TelnetData  bool          // with Telnet: remove commands from received bytes, double a sent 255
	LinePause   time.Duration // after each sent line
	KeepOutput  bool          // the peer's end is not passed on to stdout, which others will use
	ReaderMayGo bool          // the output's reader may go, if nothing is lost or owed
	Command     bool          // a command may stop reading: later bytes are dropped; see InputEnds
	Rate        int64         // bytes a second at most, each direction; 0: no bound
	CopyOnly    bool          // no splice and no sendfile
	Captures    []*Capture    // each gets a copy of both directions
	Record      *Record       // records the session, or nil
	Expect      *Expectation  // ends the session once the peer's bytes match, or nil

	OnDeparture func() // called once, when the peer has ended and the input has not; or nil

	excused func() bool // reports whether other clients keep the bytes from moving; or nil
}

// shorter returns the shorter of two bounds. 0 is no bound.
func shorter(d, e time.Duration) time.Duration {
	if d == 0 || e > 0 && e < d {
		return e
	}
	return d
}

// Result is the outcome of a session.
type Result struct {
	Sent, Received int64        // bytes that the socket took for the peer, and that stdout took
	Movers         [2]string    // the names of the movers to the peer and from it; "" if none moved
	TCP            sock.TCPInfo // the system's data on the connection
	PeerEnded      bool         // the peer's end ended the session, with stdin still open
	Lingered       bool         // the session ended because Linger or LetGo ran out
	Err            error        // nil if the session did everything that was asked for
}

// ErrIdle ends a session in which nothing moved for as long as SessionOptions.Idle.
var ErrIdle = errors.New("timed out: the connection was idle too long")

// UnwrittenError reports that the peer or the output took no more bytes until the time ran out.
type UnwrittenError struct {
	Name  string
	Bytes int
}

func (e *UnwrittenError) Error() string {
	return fmt.Sprintf("%v; %d bytes were not written to %s", ErrIdle, e.Bytes, e.Name)
}

func (e *UnwrittenError) Unwrap() error { return ErrIdle }

// UnacknowledgedError reports that a connection ended before the peer's system had confirmed all
// sent bytes.
type UnacknowledgedError struct {
	Name  string
	Bytes int // sent, not confirmed
}

func (e *UnacknowledgedError) Error() string {
	return fmt.Sprintf("%s did not acknowledge the last %d bytes", e.Name, e.Bytes)
}
