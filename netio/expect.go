package netio

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Expectation looks for a pattern in what a peer sends, piece by piece. It keeps the last expectWindow bytes that are
// not consumed, with the piece that came last: a match longer than that is not seen, and ^ is where they begin.
type Expectation struct {
	pattern *regexp.Regexp
	held    []byte // not consumed
	came    int64  // bytes since the last Consume, those that are no longer held included
	first   []byte // of them, for Instead
	end     int    // of the match in held
	met     bool
}

// expectWindow is how far back a match can reach.
const expectWindow = 64 << 10

// insteadMost bounds what is shown of what came instead.
const insteadMost = 200

// NewExpectation expects pattern. Before the first byte has come nothing matches, not even the empty pattern.
func NewExpectation(pattern *regexp.Regexp) *Expectation { return &Expectation{pattern: pattern} }

// Expect goes on to another pattern, which what is not consumed may match already.
func (e *Expectation) Expect(pattern *regexp.Regexp) {
	e.pattern = pattern
	e.look()
}

// Add brings bytes that came. It is not to be called between a match and its Consume.
func (e *Expectation) Add(p []byte) {
	if len(e.held) > expectWindow {
		e.held = append(e.held[:0], e.held[len(e.held)-expectWindow:]...)
	}
	e.held = append(e.held, p...)
	e.first = append(e.first, p[:min(len(p), insteadMost-len(e.first))]...)
	e.came += int64(len(p))
	e.look()
}

func (e *Expectation) look() {
	e.met = false
	if len(e.held) == 0 {
		return
	}
	if at := e.pattern.FindIndex(e.held); at != nil {
		e.met, e.end = true, at[1]
	}
}

// Match says whether what came matches, and where in what is not consumed the match ends.
func (e *Expectation) Match() (end int, ok bool) { return e.end, e.met }

// Pattern is what is looked for, as it was written.
func (e *Expectation) Pattern() string { return e.pattern.String() }

// Nothing says that nothing has come since the last Consume.
func (e *Expectation) Nothing() bool { return e.came == 0 }

// Consume takes the first n bytes away, which a match has ended; the rest stays for the next pattern.
func (e *Expectation) Consume(n int) {
	e.held = append(e.held[:0], e.held[n:]...)
	e.came = int64(len(e.held))
	e.first = append(e.first[:0], e.held[:min(len(e.held), insteadMost)]...)
	e.met = false
}

// Instead is what came since the last Consume, for a message: text in quotes or bytes in hexadecimal, the first of them.
func (e *Expectation) Instead() string {
	if e.Nothing() {
		return "nothing"
	}
	return excerpt(e.first, e.came)
}

// excerpt shows the first of so many bytes: text in quotes, or hexadecimal, and how many there are more.
func excerpt(first []byte, all int64) string {
	shown := first[:min(len(first), insteadMost)]
	if all > int64(len(shown)) {
		shown = wholeRunes(shown)
	}
	said := hex.EncodeToString(shown)
	if isText(shown) {
		said = strconv.Quote(string(shown))
	}
	if more := all - int64(len(shown)); more > 0 {
		said += fmt.Sprintf(" and %d bytes more", more)
	}
	return said
}

// wholeRunes is p without the beginning of a character whose rest has been cut off.
func wholeRunes(p []byte) []byte {
	for n := len(p) - 1; n >= 0 && n >= len(p)-utf8.UTFMax; n-- {
		if utf8.RuneStart(p[n]) {
			if !utf8.FullRune(p[n:]) {
				return p[:n]
			}
			break
		}
	}
	return p
}

// isText says whether a person can read p.
func isText(p []byte) bool {
	for len(p) > 0 {
		r, n := utf8.DecodeRune(p)
		if r == utf8.RuneError && n == 1 || !unicode.IsPrint(r) && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		p = p[n:]
	}
	return true
}
