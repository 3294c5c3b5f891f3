package netio

import (
	"regexp"

	"gnc/netio/printable"
)

// Expectation looks for a pattern in what a peer sends, piece by piece. It keeps the last
// expectWindow bytes and the newest piece. It does not see a longer match, and ^ matches where the
// kept bytes begin.
type Expectation struct {
	pattern *regexp.Regexp
	held    []byte // the last bytes that came
	came    int64  // number of all bytes that came
	first   []byte // the first bytes, for Instead
	met     bool
}

// expectWindow is how far back a match can begin, in bytes.
const expectWindow = 64 << 10

// NewExpectation looks for pattern. Before the first byte not even the empty pattern matches.
func NewExpectation(pattern *regexp.Regexp) *Expectation { return &Expectation{pattern: pattern} }

// Add takes bytes that came.
func (e *Expectation) Add(p []byte) {
	if len(e.held) > expectWindow {
		e.held = append(e.held[:0], e.held[len(e.held)-expectWindow:]...)
	}
	e.held = append(e.held, p...)
	e.first = append(e.first, p[:min(len(p), printable.ExcerptMost-len(e.first))]...)
	e.came += int64(len(p))
	e.met = len(e.held) > 0 && e.pattern.Match(e.held)
}

// Met reports whether the pattern matches.
func (e *Expectation) Met() bool { return e.met }

// Pattern returns the pattern as written.
func (e *Expectation) Pattern() string { return e.pattern.String() }

// Nothing reports whether no byte has come.
func (e *Expectation) Nothing() bool { return e.came == 0 }

// Instead shows the first bytes that came, for a message: text in quotes, or hexadecimal.
func (e *Expectation) Instead() string {
	if e.Nothing() {
		return "nothing"
	}
	return printable.Excerpt(e.first, e.came)
}
