package job

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"gnc/netio/outfile"
	"gnc/netio/printable"
)

// Words are how much is said on stderr, and in which language.
type Words struct {
	Verbose  int
	Quiet    bool
	Format   string   // of events: "text", "json", or "" for none
	LogFile  string   // that events are appended to, or ""
	LogFD    int      // or that they are written to, or 0
	Messages Messages // that sentences are worded by; nil: plainMessages
}

// Aside reports whether events do not go to stderr, where they would take the place of sentences.
func (w *Words) Aside() bool { return w.LogFile != "" || w.LogFD > 0 }

// reporter reports what happens: sentences for people on stderr, events for programs there or
// elsewhere. Both wait for their reader, until the job has to end.
type reporter struct {
	Words
	Stderr io.Writer // for sentences
	log    io.Writer // for events
	logErr error     // the first failure of events, or of sentences, that were asked for
	now    func() time.Time
}

func newReporter(env *Env, ctx context.Context, w Words) *reporter {
	if w.Messages == nil {
		w.Messages = plainMessages{}
	}
	out := streamOf(env.Stderr, ctx)
	return &reporter{Words: w, Stderr: out, log: out, now: env.Now}
}

// say writes a sentence for a person who asked for that much: 0 unless quiet is asked for, 1 with
// -v. That it cannot be written is no failure of the job, unless the sentence is what was asked
// for.
func (r *reporter) say(level int, format string, args ...any) error {
	if r.Quiet || r.Format != "" && !r.Aside() || r.Verbose < level {
		return nil
	}
	_, err := io.WriteString(r.Stderr, sentenceLine(fmt.Sprintf(format, args...)))
	return err
}

// lost takes note of what was asked for and could not be written.
func (r *reporter) lost(name string, err error) {
	if err != nil && r.logErr == nil {
		r.logErr = outfile.Failed("write", name, err)
	}
}

// sentenceLine escapes a sentence so that it is one line on stderr, whatever its names and words
// contain.
func sentenceLine(text string) string { return "gnc: " + printable.Harmless(text) + "\n" }

// fail is how a job that failed says why.
func (r *reporter) fail(err error) {
	lines := []string{err.Error()}
	if late, is := errors.AsType[*tooLateError](err); is {
		lines = late.lines
	}
	for _, line := range lines {
		r.say(0, "%s", line)
	}
	r.eventError(err, strings.Join(lines, "; "))
}

// eventError reports to programs that a job failed.
func (r *reporter) eventError(err error, message string) {
	r.event("error", "code", exitStatus(err), "message", message)
}

// event is one line about what happened: its name, then names and values in turn.
func (r *reporter) event(name string, fields ...any) {
	if r.Format == "" || r.Quiet && !r.Aside() {
		return
	}
	fields = append([]any{"time", r.now().Format(time.RFC3339Nano), "event", name}, fields...)
	var line bytes.Buffer
	for i := 0; i < len(fields); i += 2 {
		if r.Format == "json" {
			writeJSON(&line, fields[i].(string), fields[i+1])
		} else {
			writeText(&line, fields[i].(string), fields[i+1])
		}
	}
	if r.Format == "json" {
		line.WriteByte('}')
	}
	line.WriteByte('\n')
	_, err := r.log.Write(line.Bytes()) // in one write, so that lines of several programs do not mix
	r.lost(r.logName(), err)
}

func writeJSON(line *bytes.Buffer, name string, value any) {
	separator := byte(',')
	if line.Len() == 0 {
		separator = '{'
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic("cmd: an event's value: " + err.Error())
	}
	fmt.Fprintf(line, "%c%q:%s", separator, name, text)
}

func writeText(line *bytes.Buffer, name string, value any) {
	if line.Len() > 0 {
		line.WriteByte(' ')
	}
	text := "-"
	if value != nil {
		text = fmt.Sprint(value)
	}
	if quoted := strconv.Quote(text); len(quoted) != len(text)+2 || bytes.ContainsRune([]byte(text), ' ') || text == "" {
		text = quoted
	}
	fmt.Fprintf(line, "%s=%s", name, text)
}
