package netio

import (
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

// Capture is a file that gets a copy of all bytes of a session, both directions in the order in which they came. Where
// the file is a pipe whose reader is slow, the session waits for it.
type Capture struct {
	loop    *Loop
	run     func() // the session's: there may be room again
	name    string
	fd      int
	pending []byte   // copied, not yet written
	hex     bool     // as a hex dump
	offset  [2]int64 // of the next byte in each direction, for the dump: received, sent
	err     error
}

// captureRoom is how much may be pending before the session waits.
const captureRoom = bufferSize

// Captures are the files that get a copy of a session.
type Captures []*Capture

func (cs Captures) begin(l *Loop, run func()) {
	for _, c := range cs {
		c.loop, c.run = l, run
	}
}

func (cs Captures) add(p []byte, sent bool) {
	for _, c := range cs {
		c.add(p, sent)
	}
}

func (cs Captures) room() bool {
	return !slices.ContainsFunc(cs, func(c *Capture) bool { return len(c.pending) >= captureRoom })
}

func (cs Captures) written() bool {
	return !slices.ContainsFunc(cs, func(c *Capture) bool { return len(c.pending) > 0 && c.err == nil })
}

// failed is what has gone wrong with one of them.
func (cs Captures) failed() error {
	for _, c := range cs {
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

// end closes the files, and says what went wrong with one of them.
func (cs Captures) end() (err error) {
	for _, c := range cs {
		if endErr := c.end(); err == nil {
			err = endErr
		}
	}
	return err
}

// CaptureOptions say what a capture looks like.
type CaptureOptions struct {
	Name   string // of the file
	Hex    bool   // a hex dump, as nc.traditional's -o
	Append bool   // to what the file holds already
}

// OpenCapture creates or empties the file, or appends to it. It may block, as opening a named pipe does until there is a reader.
func OpenCapture(o CaptureOptions) (*Capture, error) {
	name := o.Name
	flags := unix.O_WRONLY | unix.O_CREAT | unix.O_CLOEXEC | unix.O_TRUNC
	if o.Append {
		flags = unix.O_WRONLY | unix.O_CREAT | unix.O_CLOEXEC | unix.O_APPEND
	}
	fd, err := unix.Open(name, flags, 0o666)
	for err == unix.EINTR {
		fd, err = unix.Open(name, flags, 0o666)
	}
	if err != nil {
		return nil, &OpError{Op: "open", Name: name, Local: true, Err: err}
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, &OpError{Op: "open", Name: name, Local: true, Err: err}
	}
	return &Capture{name: name, fd: fd, hex: o.Hex}, nil
}

// OpenCaptures opens several, or none; with add they are all added to.
func OpenCaptures(list []CaptureOptions, add bool) (cs Captures, err error) {
	for _, o := range list {
		o.Append = o.Append || add
		c, err := OpenCapture(o)
		if err != nil {
			cs.end()
			return nil, err
		}
		cs = append(cs, c)
	}
	return cs, nil
}

// add takes a copy of p, which was sent or received. There is always room: movers ask room before they read.
func (c *Capture) add(p []byte, sent bool) {
	if c.hex {
		p = c.dump(p, sent)
	}
	if len(c.pending) == 0 {
		p = p[c.write(p):]
	}
	c.pending = append(c.pending, p...)
	c.rewatch()
}

func (c *Capture) dump(p []byte, sent bool) []byte {
	side, direction := 0, byte('<')
	if sent {
		side, direction = 1, '>'
	}
	offset := c.offset[side]
	c.offset[side] += int64(len(p))
	return hexDump(nil, p, direction, offset)
}

// Ready is the loop's report that the file takes bytes again.
func (c *Capture) Ready(mux.Events) {
	c.pending = c.pending[c.write(c.pending):]
	if len(c.pending) == 0 {
		c.pending = nil
	}
	c.rewatch()
	c.run()
}

// write writes what is taken now, and all of it as far as the session can tell once the file has failed.
func (c *Capture) write(p []byte) int {
	for done := 0; done < len(p); {
		n, err := unix.Write(c.fd, p[done:])
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return done
		case err != nil:
			c.fail(err)
			return len(p)
		default:
			done += n
		}
	}
	return len(p)
}

func (c *Capture) rewatch() {
	if len(c.pending) == 0 || c.err != nil {
		c.loop.Forget(c.fd)
	} else if err := c.loop.Watch(c.fd, mux.Writable, c); err != nil {
		c.fail(err)
	}
}

func (c *Capture) fail(err error) {
	if c.err == nil {
		c.err = &OpError{Op: "write", Name: c.name, Local: true, Err: err}
	}
}

// end closes the file, and says what went wrong with it. What is still pending has been given up.
func (c *Capture) end() error {
	if c.loop != nil {
		c.loop.Forget(c.fd)
	}
	if len(c.pending) > 0 && c.err == nil {
		c.err = fmt.Errorf("write %s: %d bytes not written: %w", c.name, len(c.pending), os.ErrDeadlineExceeded)
	}
	if err := unix.Close(c.fd); err != nil {
		c.fail(err)
	}
	return c.err
}
