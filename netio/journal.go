package netio

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/outfile"
)

// journal is a file that sessions write to while they run. It never blocks. It keeps what the file
// does not take now, as a pipe with a slow reader. A session asks for room before it writes more.
type journal struct {
	loop    *Loop
	more    func() // called when there may be room again
	name    string
	fd      int
	pending []byte // not yet written
	err     error
}

// journalRoom is how many bytes can be pending before the sessions wait.
const journalRoom = bufferSize

// openJournal creates or empties the file, or appends to it. It can block, as OpenCapture can.
func openJournal(name string, appends bool) (*journal, error) {
	flags := unix.O_CREAT | unix.O_APPEND // several processes may write at the same time
	if !appends {
		flags |= unix.O_TRUNC
	}
	fd, shared, err := outfile.OpenToWrite(name, flags)
	if err != nil {
		return nil, outfile.Failed("open", name, err)
	}
	if !shared { // a shared descriptor is a file, which never blocks; its flags stay as they are
		if err := unix.SetNonblock(fd, true); err != nil {
			unix.Close(fd)
			return nil, outfile.Failed("open", name, err)
		}
	}
	return &journal{name: name, fd: fd}, nil
}

// begin puts the file on the loop. It must come before the first write.
func (j *journal) begin(l *Loop, more func()) { j.loop, j.more = l, more }

// write takes a copy of p. There is always room for it.
func (j *journal) write(p []byte) {
	if len(j.pending) == 0 {
		p = p[j.give(p):]
	}
	j.pending = append(j.pending, p...)
	j.rewatch()
}

func (j *journal) room() bool     { return len(j.pending) < journalRoom }
func (j *journal) written() bool  { return len(j.pending) == 0 || j.err != nil }
func (j *journal) failure() error { return j.err }

// Ready is the loop's report that the file takes bytes again.
func (j *journal) Ready(mux.Events) {
	j.pending = j.pending[j.give(j.pending):]
	if len(j.pending) == 0 {
		j.pending = nil
	}
	j.rewatch()
	j.more()
}

// give writes as much of p as the file takes now, and returns how much. After the file has failed
// it drops p and returns its length, so that the sessions go on.
func (j *journal) give(p []byte) int {
	for done := 0; done < len(p); {
		n, err := unix.Write(j.fd, p[done:])
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return done
		case err != nil:
			j.fail(err)
			return len(p)
		default:
			done += n
		}
	}
	return len(p)
}

func (j *journal) rewatch() {
	if len(j.pending) == 0 || j.err != nil {
		j.loop.Forget(j.fd)
	} else if err := j.loop.Watch(j.fd, mux.Writable, j); err != nil {
		j.fail(err)
	}
}

func (j *journal) fail(err error) {
	if j.err == nil {
		j.err = outfile.Failed("write", j.name, err)
	}
}

// close closes the file, and returns the file's error. Bytes that are still pending are lost.
func (j *journal) close() error {
	if j.loop != nil {
		j.loop.Forget(j.fd)
	}
	if len(j.pending) > 0 && j.err == nil {
		j.err = fmt.Errorf("write %s: %d bytes not written: %w", j.name, len(j.pending), os.ErrDeadlineExceeded)
	}
	if err := unix.Close(j.fd); err != nil {
		j.fail(err)
	}
	return j.err
}
