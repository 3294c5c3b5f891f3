package netio

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gnc/mux"
	"gnc/netio/script"
)

// Recording is a file that tells what happens on connections in the language of scripts: played back, it is the same
// conversation. It is written while things happen, so that a killed process leaves what happened until then.
type Recording struct {
	*journal
	count   int                // of connections
	current *Record            // whose lines need not say so
	sharers map[*Record]func() // who wants to know that there may be room again
}

// OpenRecording creates or empties the file. It may block, as opening a named pipe does until there is a reader. Its
// error is an *FileError.
func OpenRecording(name string) (*Recording, error) {
	j, err := openJournal(name, false)
	if err != nil {
		return nil, err
	}
	return &Recording{journal: j, sharers: make(map[*Record]func())}, nil
}

// Close closes the file, and says what went wrong with it.
func (r *Recording) Close() error { return r.close() }

// Err is what went wrong with the file so far: an *FileError, or nil.
func (r *Recording) Err() error { return r.failure() }

// Connection is the part of a connection that begins now; peer is what its first line calls the other side.
func (r *Recording) Connection(peer string) *Record {
	r.count++
	return &Record{Recording: r, number: r.count, peer: peer}
}

// wake tells everybody that there may be room.
func (r *Recording) wake() {
	for record, more := range r.sharers {
		if r.sharers[record] != nil { // unless another has ended it
			more()
		}
	}
}

// Record is one connection's part of a recording.
type Record struct {
	*Recording
	number int
	peer   string
	begun  time.Time
	last   time.Time // when something happened
	turn   side      // whose it was
	held   []byte    // of that turn, not yet a line
	timer  *mux.Timer
	quiet  bool // the peer has ended
	over   bool
}

// side is who does something.
type side uint8

const (
	sideNone side = iota
	sideOurs
	sidePeer
)

// recordGap is the shortest pause that is recorded, and how long bytes are kept for the rest of their line.
const recordGap = 10 * time.Millisecond

// recordLine bounds the bytes that one line tells of.
const recordLine = 1024

func (r *Record) begin(l *Loop, more func()) {
	r.journal.begin(l, r.wake)
	r.sharers[r] = more
	r.begun = time.Now()
	r.last = r.begun
	r.timer = l.After(0, r.flush)
	r.timer.Stop()
	r.line("# %s, %s", r.peer, r.begun.Format(time.RFC3339Nano))
}

// line writes a line, after the word that says of which connection it is.
func (r *Record) line(format string, args ...any) {
	text := fmt.Appendf(nil, format+"\n", args...)
	if r.current != r {
		r.current = r
		text = append(fmt.Appendf(nil, "connection %d\n", r.number), text...)
	}
	r.write(text)
}

// add records bytes: whole lines at once, the rest when it is complete, or when nothing more comes for a while. How they
// came in pieces is no matter.
func (r *Record) add(p []byte, sent bool) {
	if r.over {
		return
	}
	r.take(sideOf(sent))
	r.held = append(r.held, p...)
	for {
		n := wholeLine(r.held)
		if n == 0 {
			break
		}
		r.tell(r.held[:n])
		r.held = r.held[n:]
	}
	if r.timer.Stop(); len(r.held) > 0 {
		r.timer.Reset(recordGap)
	} else {
		r.held = nil
	}
}

func sideOf(sent bool) side {
	if sent {
		return sideOurs
	}
	return sidePeer
}

// take begins a turn, or goes on with it. A pause is a step where we made it; what the peer takes its time for is waited
// for anyway.
func (r *Record) take(t side) {
	now := time.Now()
	gap := now.Sub(r.last).Round(time.Millisecond)
	if t == r.turn && gap < recordGap {
		r.last = now
		return
	}
	r.flush()
	r.line("# %.3f", now.Sub(r.begun).Seconds())
	if t == sideOurs && gap >= recordGap {
		r.line("delay %v", gap)
	}
	r.turn, r.last = t, now
}

// flush records what is held, though its line is not complete.
func (r *Record) flush() {
	if len(r.held) > 0 {
		r.tell(r.held)
		r.held = nil
	}
}

// wholeLine is how much of p makes a line, 0 if more may belong to it.
func wholeLine(p []byte) int {
	most := min(len(p), recordLine)
	if i := bytes.IndexByte(p[:most], '\n'); i >= 0 {
		return i + 1
	}
	return most / recordLine * recordLine
}

// tell writes a step for bytes of the present turn.
func (r *Record) tell(p []byte) {
	text, binary := "expect-text", "expect-hex"
	if r.turn == sideOurs {
		text, binary = "send", "send-hex"
	}
	if quoted, ok := script.QuoteText(p); ok {
		r.line("%s %s", text, quoted)
	} else {
		r.line("%s %s", binary, hex.EncodeToString(p))
	}
}

// ended records the end of a direction.
func (r *Record) ended(sent bool) {
	if r.over {
		return
	}
	r.take(sideOf(sent))
	r.flush()
	if sent {
		r.line("half-close")
	} else {
		r.quiet = true
		r.line("expect-end")
	}
}

// end records how the connection ended. A peer that had not ended was left by us.
func (r *Record) end(err error) error {
	if r.over {
		return r.failure()
	}
	r.flush()
	r.timer.Stop()
	switch {
	case errors.Is(err, errOwnReset):
		r.take(sideOurs)
		r.line("reset")
	case err != nil:
		r.line("# %s", strconv.Quote(err.Error()))
		if !r.quiet {
			r.line("close")
		}
	case !r.quiet:
		r.take(sideOurs)
		r.line("close")
	}
	r.over = true
	delete(r.sharers, r)
	if r.current == r {
		r.current = nil
	}
	return r.failure()
}
