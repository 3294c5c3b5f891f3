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

// Conn is one descriptor on a loop: a socket of ours, or one of the standard streams. It is the source of at most one
// Flow and the sink of at most one, which may be the same.
//
// Readiness is remembered: an operation is tried first, EAGAIN clears readReady or writeReady, and a report of the
// loop sets it again. Interest is derived: rewatch computes it from the state of the two flows after every step.
type Conn struct {
	owner  owner   // who is told that something can move
	reader reader  // how bytes come
	writer writer  // how bytes go
	traits *traits // what it is beside a descriptor; nil: nothing
	loop   *Loop

	id uint32 // of an accepted connection, counted by who accepts
	fd int32  // opened by us and closed by Close, or borrowed; -1 once closed

	want       mux.Events
	kind       kind // which movers it can be an end of
	borrowed   bool // the descriptor is the caller's: Close leaves it open
	local      bool // a standard stream or file: its errors are ours, not the peer's
	oneShot    bool // may block: one operation for each report of readiness, never tried first
	terminal   bool // stops a job in the background that reads it: not read before it is reported readable
	watchGone  bool // the write end of a pipe: readable means that its reader has gone
	readReady  bool
	writeReady bool
	packets    bool // datagrams: a read of 0 bytes is an empty one, and a refusal is the peer's
	confirms   bool // TCP: its system acknowledges what it was sent, and says how much is missing
	hungUp     bool // reported while nothing was asked: not watched until something is
	endsDry    bool // who wrote to it has ended: there is no more than it holds
	watched    bool // the loop knows of want
	guarded    bool // its close is a reset: see Guard

	source *Flow  // the flow that reads from here, or nil
	sink   *Flow  // the flow that writes to here, or nil
	label  *label // for messages; nil is the peer's address
}

// label is what few connections have to say of themselves: an accepted one, of which there may be many, has none.
type label struct {
	text      string        // "stdin", "192.0.2.1:80"
	path      *sock.OwnPath // of a Unix socket that was bound, removed by Close; or nil
	inherited int           // the standard descriptor behind a stream, or -1; never closed, see local.closeWrite
}

func named(text string) *label { return &label{text: text, inherited: -1} }

// owns has Close remove a path.
func (c *Conn) owns(p *sock.OwnPath) {
	if p != nil {
		c.label.path = p
	}
}

// owner is what stands behind a Conn: it moves what can be moved, then has every Conn rewatch.
type owner interface {
	run()
	hangUp(c *Conn) // c hung up, or its reader has gone
}

// reader is how bytes come from a kind of descriptor without the loop ever blocking: EAGAIN when there are none, 0 bytes at
// the end.
type reader interface {
	read(fd int, p []byte) (int, error)
}

// writer is how bytes go to a kind of descriptor without the loop ever blocking: EAGAIN when it takes none.
type writer interface {
	write(fd int, p []byte) (int, error)
	closeWrite(c *Conn) error // pass on the end of what is written
}

// errAgain says that nothing can be moved until the descriptor is ready again.
var errAgain = errors.New("would block")

// OpError is an operation on a connection that failed.
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

// Remote is the peer's address, and Local the one that the peer is connected with; not valid where they are not of IP.
func (c *Conn) Remote() netip.AddrPort {
	if c.traits != nil && c.traits.addresses != nil {
		return c.traits.addresses.remote()
	}
	return sock.RemoteAddr(c.FD())
}

func (c *Conn) Local() netip.AddrPort {
	if c.traits != nil && c.traits.addresses != nil {
		return c.traits.addresses.local()
	}
	return sock.LocalAddr(c.FD())
}

// FD is the descriptor, for socket options.
func (c *Conn) FD() int { return int(c.fd) }

func (c *Conn) tcpInfo() sock.TCPInfo {
	if !c.confirms || c.fd < 0 {
		return sock.TCPInfo{}
	}
	return sock.GetTCPInfo(c.FD())
}

// Packets says that one read is one datagram.
func (c *Conn) Packets() bool { return c.packets }

// Name is what messages call the connection.
func (c *Conn) Name() string {
	if c.label == nil {
		if a := sock.RemoteAddr(c.FD()); a.IsValid() {
			return a.String()
		}
		return "the peer"
	}
	return c.label.text
}

// read takes what is there, with what is still to come left to the loop's next report: n > 0 bytes, or an empty
// datagram, or errAgain, or io.EOF, or a failure.
func (c *Conn) read(p []byte) (int, error) {
	n, err := c.reader.read(c.FD(), p)
	if c.oneShot || n < len(p) && !c.endsDry && !c.packets { // a short read took all there was: to ask again would be in vain
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
		return 0, errAgain // still ready, and told of again
	case err == unix.EAGAIN && c.endsDry:
		return 0, io.EOF
	case err == unix.EAGAIN:
		c.readReady = false
		return 0, errAgain
	}
	return 0, c.failed("read", err)
}

// discardReads bounds what one discard takes.
const discardReads = 64

// discard takes what has come, and drops it: a socket that is closed with unread bytes resets the connection, and with it
// what it was sent. The error is why there is no more now.
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

// write gives what is taken: n > 0 bytes, or errAgain, or a failure.
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

// closeWrite passes on the end of what is written: a half-close.
func (c *Conn) closeWrite() error {
	if err := c.writer.closeWrite(c); err != nil {
		return c.failed("shutdown", err)
	}
	return nil
}

// Ready is the loop's report. A descriptor that hung up while nothing was asked of it is forgotten until something can be
// done with it, or the loop would spin. What is reported may be older than the interest: another handler may have changed
// that since the wait.
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

// rewatch derives the interest: to read while the flow from here is open and has room, to write while the flow to here
// holds bytes.
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

// watch declares the interest, which replaces what was declared before.
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

// forget has the loop tell nothing more.
func (c *Conn) forget() {
	c.want, c.watched = 0, false
	if c.fd >= 0 {
		c.loop.Forget(c.FD())
	}
	if group := c.group(); group != nil {
		group.rewatch(c)
	}
}

// Close ends the connection. A borrowed descriptor is only forgotten.
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
