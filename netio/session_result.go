package netio

import (
	"errors"
	"fmt"

	"gnc/netio/sock"
)

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
