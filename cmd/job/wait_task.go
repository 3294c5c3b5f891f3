package job

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gnc/mux"
	"gnc/netio/printable"
)

// waiting is the task of a Wait: every target is tried by itself, all on one loop.
type waiting struct {
	*Task
	job     *Wait
	begin   time.Time
	targets []*waited
	timeout *mux.Timer
	live    *liveLine // or nil
	drawing *mux.Timer
	over    bool
}

// waitPause is between two tries of a target, by default; the first are sooner, from firstPause
// on.
const waitPause = 250 * time.Millisecond

// giveUp ends the wait for a target of which nothing can be learned, and the whole wait unless any other target will do.
func (w *waiting) giveUp(t *waited, err error) {
	t.given = true
	if w.job.Any && slices.ContainsFunc(w.targets, func(other *waited) bool { return !other.given }) {
		t.failed(t.reason(err))
		return
	}
	w.stop(err)
}

func newWaiting(t *Task, j *Wait) *waiting {
	w := &waiting{Task: t, job: j, begin: t.env.Now()}
	for _, target := range j.Targets {
		w.targets = append(w.targets, &waited{waiting: w, target: target})
	}
	return w
}

func (w *waiting) start() {
	w.cancel = func(err error) {
		if errors.Is(err, errDeadline) { // which is --timeout's, had the loop been on time
			err = w.tooLate()
		}
		w.stop(err)
	}
	if d := w.job.Timeout; d > 0 {
		w.timeout = w.loop.After(d, func() { w.stop(w.tooLate()) })
	}
	if _, terminal := w.env.screen(); terminal && !w.Quiet && w.Verbose == 0 && (w.Format == "" || w.Aside()) {
		w.live = &liveLine{w: w.Stderr, screen: w.env.screen}
		w.drawing = w.loop.After(drawEvery, w.draw)
	}
	for _, target := range w.targets {
		w.say(1, "waiting for %s", target.target)
		w.event("waiting", "target", target.target.String())
	}
	for _, target := range w.targets {
		if !w.over {
			target.try()
		}
	}
}

// ready takes note of a target that is ready.
func (w *waiting) ready() {
	if w.job.Any || len(w.open()) == 0 {
		w.stop(nil)
	}
}

// open are the targets that are still waited for.
func (w *waiting) open() []*waited {
	var open []*waited
	for _, t := range w.targets {
		if !t.ready {
			open = append(open, t)
		}
	}
	return open
}

// stop ends the wait, and every try that is under way.
func (w *waiting) stop(err error) {
	if w.over {
		return
	}
	w.over = true
	w.timeout.Stop()
	w.drawing.Stop()
	for _, t := range w.targets {
		t.stop()
	}
	if w.live != nil {
		w.live.clear()
	}
	w.end(err)
}

// draw shows what is still waited for.
func (w *waiting) draw() {
	open := w.open()
	names := make([]string, len(open))
	for i, t := range open {
		names[i] = t.target.String()
		if state := t.state(); state != "" {
			names[i] += " (" + state + ")"
		}
	}
	text := printable.Harmless(fmt.Sprintf("waiting %v for %s", w.env.Now().Sub(w.begin).Round(time.Second), strings.Join(names, ", ")))
	w.live.draw(text)
	w.drawing.Reset(drawEvery)
}

// tooLateError is a wait that ran out: a line for each target that it was for.
type tooLateError struct{ lines []string }

func (e *tooLateError) Error() string { return strings.Join(e.lines, "\n") }

func (w *waiting) tooLate() error {
	e := &tooLateError{}
	for _, t := range w.open() {
		state, tries := t.state(), "tries"
		if state == "" {
			state = "no answer yet"
		}
		if t.tries == 1 {
			tries = "try"
		}
		e.lines = append(e.lines, fmt.Sprintf("%s: %s (%d %s)", t.target, state, t.tries, tries))
	}
	return e
}
