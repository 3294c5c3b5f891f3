package netio

import (
	"regexp"

	"gnc/netio/printable"
)

// Expectation looks for a pattern in what a peer sends, piece by piece. It keeps the last expectWindow bytes, with the
// piece that came last: a match longer than that is not seen, and ^ is where they begin.
type Expectation struct {
	pattern *regexp.Regexp
	held    []byte // the last of what came
	came    int64  // bytes, those that are no longer held included
	first   []byte // of them, for Instead
	met     bool
}

// expectWindow is how far back a match can reach.
const expectWindow = 64 << 10

// NewExpectation expects pattern. Before the first byte has come nothing matches, not even the empty pattern.
func NewExpectation(pattern *regexp.Regexp) *Expectation { return &Expectation{pattern: pattern} }

// Add brings bytes that came.
func (e *Expectation) Add(p []byte) {
	if len(e.held) > expectWindow {
		e.held = append(e.held[:0], e.held[len(e.held)-expectWindow:]...)
	}
	e.held = append(e.held, p...)
	e.first = append(e.first, p[:min(len(p), printable.ExcerptMost-len(e.first))]...)
	e.came += int64(len(p))
	e.met = len(e.held) > 0 && e.pattern.Match(e.held)
}

// Met says whether what came matches.
func (e *Expectation) Met() bool { return e.met }

// Pattern is what is looked for, as it was written.
func (e *Expectation) Pattern() string { return e.pattern.String() }

// Nothing says that nothing has come.
func (e *Expectation) Nothing() bool { return e.came == 0 }

// Instead is what came, for a message: text in quotes or bytes in hexadecimal, the first of them.
func (e *Expectation) Instead() string {
	if e.Nothing() {
		return "nothing"
	}
	return printable.Excerpt(e.first, e.came)
}
