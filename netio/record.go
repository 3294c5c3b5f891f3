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

// Recording is a file that describes what happens on connections, in the language of scripts.
// Played back, it is the same conversation. It is written while things happen, so a killed process
// leaves what happened until then.
type Recording struct {
	*journal
	count   int                // number of connections
	current *Record            // the connection that the last line belongs to
	sharers map[*Record]func() // called when there may be room again
}

// OpenRecording creates or empties the file. It can block: a named pipe opens once it has a reader.
// Its error is an *outfile.Error.
func OpenRecording(name string) (*Recording, error) {
	j, err := openJournal(name, false)
	if err != nil {
		return nil, err
	}
	return &Recording{journal: j, sharers: make(map[*Record]func())}, nil
}

// Close closes the file, and returns the file's error.
func (r *Recording) Close() error { return r.close() }

// Err returns the file's error so far: an *outfile.Error, or nil.
func (r *Recording) Err() error { return r.failure() }

// Connection begins the part of a new connection. Its first line names the other side: peer.
func (r *Recording) Connection(peer string) *Record {
	r.count++
	return &Record{Recording: r, number: r.count, peer: peer}
}

// wake tells every connection that there may be room.
func (r *Recording) wake() {
	for record, more := range r.sharers {
		if r.sharers[record] != nil { // an earlier call may have ended it
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
	last   time.Time // when something last happened
	acting side      // the side that acted last
	held   []byte    // bytes of that side that are not yet a line
	timer  *mux.Timer
	quiet  bool // the peer has ended its direction
	over   bool
}

// side is one of the two sides of a connection.
type side uint8

const (
	sideNone side = iota
	sideOurs
	sidePeer
)

// recordGap is the shortest recorded pause, and how long bytes wait for the rest of their line.
const recordGap = 10 * time.Millisecond

// recordLine is how many bytes of data one line holds at most.
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

// line writes a line, after a connection line if the last one was another connection's.
func (r *Record) line(format string, args ...any) {
	text := fmt.Appendf(nil, format+"\n", args...)
	if r.current != r {
		r.current = r
		text = append(fmt.Appendf(nil, "connection %d\n", r.number), text...)
	}
	r.write(text)
}

// add records bytes: whole lines at once, the rest when its line is complete or when nothing comes
// for a while. The sizes of the reads do not matter.
func (r *Record) add(p []byte, sent bool) {
	if r.over {
		return
	}
	r.act(sideOf(sent))
	r.held = append(r.held, p...)
	for {
		n := wholeLine(r.held)
		if n == 0 {
			break
		}
		r.step(r.held[:n])
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

// act makes t the acting side. A pause before our own bytes becomes a delay step. A pause of the
// peer needs none, because playing waits for the peer anyway.
func (r *Record) act(t side) {
	now := time.Now()
	gap := now.Sub(r.last).Round(time.Millisecond)
	if t == r.acting && gap < recordGap {
		r.last = now
		return
	}
	r.flush()
	r.line("# %.3f", now.Sub(r.begun).Seconds())
	if t == sideOurs && gap >= recordGap {
		r.line("delay %v", gap)
	}
	r.acting, r.last = t, now
}

// flush records the held bytes as an incomplete line.
func (r *Record) flush() {
	if len(r.held) > 0 {
		r.step(r.held)
		r.held = nil
	}
}

// wholeLine returns the length of p's first line, recordLine if it is longer, 0 if it may go on.
func wholeLine(p []byte) int {
	most := min(len(p), recordLine)
	if i := bytes.IndexByte(p[:most], '\n'); i >= 0 {
		return i + 1
	}
	return most / recordLine * recordLine
}

// step writes a step for bytes of the acting side.
func (r *Record) step(p []byte) {
	text, binary := "expect-text", "expect-hex"
	if r.acting == sideOurs {
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
	r.act(sideOf(sent))
	r.flush()
	if sent {
		r.line("half-close")
	} else {
		r.quiet = true
		r.line("expect-end")
	}
}

// end records how the connection ended. If the peer had not ended, we closed.
func (r *Record) end(err error) error {
	if r.over {
		return r.failure()
	}
	r.flush()
	r.timer.Stop()
	switch {
	case errors.Is(err, errOwnReset):
		r.act(sideOurs)
		r.line("reset")
	case err != nil:
		r.line("# %s", strconv.Quote(err.Error()))
		if !r.quiet {
			r.line("close")
		}
	case !r.quiet:
		r.act(sideOurs)
		r.line("close")
	}
	r.over = true
	delete(r.sharers, r)
	if r.current == r {
		r.current = nil
	}
	return r.failure()
}
