package netio

import (
	"errors"
	"fmt"
	"io"
	"net/netip"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/outfile"
	"gnc/netio/sock"
)

// Conn is one descriptor on a loop: a socket of ours, or one of the standard streams. It is the
// source of at most one Flow and the sink of at most one Flow, which may be the same.
//
// A Conn remembers readiness. It tries an operation first, EAGAIN clears readReady or writeReady,
// and a report of the loop sets it again. A Conn derives interest: rewatch computes it from the
// state of the two flows after every step.
type Conn struct {
	owner  owner   // runs when bytes may move
	reader reader  // how bytes come
	writer writer  // how bytes go
	traits *traits // more than a descriptor has; nil: none
	loop   *Loop

	id uint32 // the number of an accepted connection, or 0
	fd int32  // opened by us and closed by Close, or borrowed; -1 once closed

	want       mux.Events
	kind       kind // decides which movers can use the Conn
	borrowed   bool // the descriptor is the caller's: Close leaves it open
	local      bool // a standard stream or file: its errors are ours, not the peer's
	oneShot    bool // may block: one operation for each report of readiness, never tried first
	terminal   bool // is read only after a report: it stops a background job that reads it
	watchGone  bool // the write end of a pipe: readable means that its reader has gone
	readReady  bool
	writeReady bool
	packets    bool // datagrams: a read of 0 bytes is an empty one, and a refusal is the peer's
	confirms   bool // TCP: the peer's system acknowledges bytes, and ours counts the missing ones
	hungUp     bool // hung up without an interest: not watched until there is an interest
	endsDry    bool // its writer has ended: no more comes than the descriptor holds
	watched    bool // the loop knows of want
	guarded    bool // its close is a reset; see Guard

	source *Flow  // the flow that reads from this Conn, or nil
	sink   *Flow  // the flow that writes to this Conn, or nil
	label  *label // for messages; nil: the peer's address
}

// label holds data that few connections need. An accepted connection, of which there may be many,
// has no label.
type label struct {
	text      string        // "stdin", "192.0.2.1:80"
	path      *sock.OwnPath // of a bound Unix socket, removed by Close; or nil
	inherited int           // a stream's standard descriptor, or -1; see local.closeWrite
}

func named(text string) *label { return &label{text: text, inherited: -1} }

// owns makes Close remove a path.
func (c *Conn) owns(p *sock.OwnPath) {
	if p != nil {
		c.label.path = p
	}
}

// owner uses a Conn; a session is one. run moves the bytes that can move, then makes every Conn of
// the owner rewatch.
type owner interface {
	run()
	hangUp(c *Conn) // handles that c hung up, or that its reader has gone
}

// reader reads from a kind of descriptor, and never blocks the loop. It returns EAGAIN if there are
// no bytes, and 0 bytes at the end.
type reader interface {
	read(fd int, p []byte) (int, error)
}

// writer writes to a kind of descriptor, and never blocks the loop. It returns EAGAIN if the
// descriptor takes no bytes.
type writer interface {
	write(fd int, p []byte) (int, error)
	closeWrite(c *Conn) error // passes on the end of the written bytes
}

// errAgain means that no byte can move until the descriptor is ready again.
var errAgain = errors.New("would block")

// OpError is a failed operation on a connection.
type OpError struct {
	Op   string // "read", "write", "shutdown"
	Name string // of the Conn
	Err  error
}

func (e *OpError) Error() string { return fmt.Sprintf("%s %s: %v", e.Op, e.Name, e.Err) }
func (e *OpError) Unwrap() error { return e.Err }

func (c *Conn) failed(op string, err error) error {
	if c.packets && err == unix.ECONNREFUSED {
		return &RefusedError{Name: c.Name(), Err: err}
	}
	if c.local {
		return &outfile.Error{Op: op, Name: c.Name(), Err: err}
	}
	return &OpError{Op: op, Name: c.Name(), Err: err}
}

// Remote returns the peer's address. It is not valid if the connection does not use IP.
func (c *Conn) Remote() netip.AddrPort {
	if c.traits != nil && c.traits.addresses != nil {
		return c.traits.addresses.remote()
	}
	return sock.RemoteAddr(c.FD())
}

// Local returns our address of the connection. It is not valid if the connection does not use IP.
func (c *Conn) Local() netip.AddrPort {
	if c.traits != nil && c.traits.addresses != nil {
		return c.traits.addresses.local()
	}
	return sock.LocalAddr(c.FD())
}

// FD returns the descriptor, for socket options.
func (c *Conn) FD() int { return int(c.fd) }

func (c *Conn) tcpInfo() sock.TCPInfo {
	if !c.confirms || c.fd < 0 {
		return sock.TCPInfo{}
	}
	return sock.GetTCPInfo(c.FD())
}

// Packets reports whether one read is one datagram.
func (c *Conn) Packets() bool { return c.packets }

// Name returns the connection's name for messages.
func (c *Conn) Name() string {
	if c.label == nil {
		if a := sock.RemoteAddr(c.FD()); a.IsValid() {
			return a.String()
		}
		return "the peer"
	}
	return c.label.text
}

// read reads once. It returns n > 0 bytes, or an empty datagram, or errAgain, or io.EOF, or a
// failure. A short read took all bytes, so the next read waits for a report of the loop.
func (c *Conn) read(p []byte) (int, error) {
	n, err := c.reader.read(c.FD(), p)
	if c.oneShot || n < len(p) && !c.endsDry && !c.packets {
		c.readReady = false
	}
	switch {
	case err == nil && n > 0:
		return n, nil
	case err == nil && c.packets:
		return 0, nil
	case err == nil:
		return 0, io.EOF
	case err == unix.EINTR:
		return 0, errAgain // still ready: the loop reports it again
	case err == unix.EAGAIN && c.endsDry:
		return 0, io.EOF
	case err == unix.EAGAIN:
		c.readReady = false
		return 0, errAgain
	}
	return 0, c.failed("read", err)
}

// discardReads bounds the reads of one discard.
const discardReads = 64

// discard reads the bytes that have come, and drops them. A close with unread bytes would reset the
// connection, and the peer could lose bytes that we sent. The error is the reason why no more bytes
// come now, or nil if the bound was reached.
func (c *Conn) discard() error {
	buf := c.loop.buffers.get()
	defer c.loop.buffers.put(buf)
	for range discardReads {
		if _, err := c.read(buf); err != nil {
			return err
		}
	}
	return nil
}

// write writes once. It returns n > 0 bytes, or errAgain, or a failure.
func (c *Conn) write(p []byte) (int, error) {
	n, err := c.writer.write(c.FD(), p)
	if c.oneShot {
		c.writeReady = false
	}
	switch {
	case err == nil && n > 0:
		return n, nil
	case err == nil, err == unix.EINTR:
		return 0, errAgain
	case err == unix.EAGAIN:
		c.writeReady = false
		return 0, errAgain
	}
	return 0, c.failed("write", err)
}

// closeWrite half-closes: it passes on the end of the written bytes.
func (c *Conn) closeWrite() error {
	if err := c.writer.closeWrite(c); err != nil {
		return c.failed("shutdown", err)
	}
	return nil
}

// Ready takes a report of the loop. If a descriptor hangs up without an interest in it, Ready
// forgets it until there is an interest. Otherwise the loop would spin. A report may be older than
// the interest, because another handler may have changed the interest since the wait.
func (c *Conn) Ready(ev mux.Events) {
	switch {
	case ev&mux.HungUp != 0 && c.want == 0:
		c.hungUp, c.watched = true, false
		c.readReady, c.writeReady = true, true
		c.loop.Forget(c.FD())
		c.owner.hangUp(c)
	case c.watchGone && ev&mux.Readable != 0:
		c.owner.hangUp(c)
	default:
		c.readReady = c.readReady || ev&mux.Readable != 0
		c.writeReady = c.writeReady || ev&mux.Writable != 0
	}
	c.owner.run()
}

// rewatch derives the interest: to read while the flow from here is open and has room, and to write
// while the flow to here holds bytes.
func (c *Conn) rewatch() error {
	var want mux.Events
	if c.watchGone || c.source != nil && c.source.wantsRead() {
		want |= mux.Readable
	}
	if c.sink != nil && c.sink.wantsWrite() {
		want |= mux.Writable
	}
	return c.watch(want)
}

// watch declares the interest, which replaces the one declared before.
func (c *Conn) watch(want mux.Events) error {
	group := c.group()
	if c.fd < 0 && group == nil {
		return nil
	}
	if group != nil {
		want = group.watchable(c, want)
	}
	if c.watched && want == c.want || c.hungUp && want == 0 {
		return nil
	}
	c.want, c.watched, c.hungUp = want, true, false
	var err error
	if c.fd >= 0 {
		err = c.loop.Watch(c.FD(), want, c)
	}
	if group != nil && err == nil {
		err = group.rewatch(c)
	}
	if err != nil {
		return c.failed("watch", err)
	}
	return nil
}

// forget makes the loop report nothing more.
func (c *Conn) forget() {
	c.want, c.watched = 0, false
	if c.fd >= 0 {
		c.loop.Forget(c.FD())
	}
	if group := c.group(); group != nil {
		group.rewatch(c)
	}
}

// Close ends the connection. It only forgets a borrowed descriptor.
func (c *Conn) Close() {
	if group := c.group(); group != nil {
		group.close(c)
	}
	if c.fd < 0 {
		return
	}
	if c.borrowed {
		c.loop.Forget(c.FD())
	} else {
		c.loop.Close(c.FD())
		c.loop.closed()
		if c.label != nil {
			c.label.path.Remove()
		}
	}
	c.fd = -1
}
