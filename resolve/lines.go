package resolve

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// line is one line of a configuration file. Its text ends at a NUL, as C strings do.
type line struct {
	number  int // from 1
	text    string
	newline bool // false for a last line without one, and for a piece of one
	whole   bool // a newline follows the text: neither that is missing nor is there a NUL
}

// lineReader reads a configuration file line by line. A long file does not take more memory.
type lineReader struct {
	in io.Reader

	// piece, if set, cuts longer lines into pieces of so many bytes, as fgets(3) does with a buffer
	// of one byte more.
	piece int

	// wanted, if set, selects the whole lines that each passes on. It is for speed, and may select
	// too many.
	wanted func(text []byte) bool
}

const (
	lineBuffer  = 64 << 10
	longestLine = 64 << 20
)

// errLongLine is the error for a line that is too long to be kept, so that a file without an end
// does not take all memory.
var errLongLine = errors.New("a line of more than 64 MiB")

// eachLine calls f for each line of a file until it returns false.
func eachLine(in io.Reader, f func(line) bool) error { return lineReader{in: in}.each(f) }

// each calls f for each line until f returns false. Its error is that of reading.
func (r lineReader) each(f func(line) bool) error {
	size := lineBuffer
	if r.piece > 0 {
		size = r.piece
	}
	in := bufio.NewReaderSize(r.in, size)
	for n := 1; ; n++ {
		text, err := in.ReadSlice('\n')
		if err == bufio.ErrBufferFull && r.piece > 0 {
			err = nil
		} else if err == bufio.ErrBufferFull {
			text, err = longLine(in, text)
		}
		if err != nil && err != io.EOF {
			return err
		}
		if len(text) == 0 {
			return nil
		}
		text, newline := bytes.CutSuffix(text, []byte("\n"))
		nul := bytes.IndexByte(text, 0)
		whole := newline && nul < 0
		if whole && r.wanted != nil && !r.wanted(text) {
			continue
		}
		if nul >= 0 {
			text = text[:nul]
		}
		if !f(line{number: n, text: string(text), newline: newline, whole: whole}) {
			return nil
		}
	}
}

// longLine reads the rest of a line that does not fit the reader's buffer.
func longLine(in *bufio.Reader, head []byte) ([]byte, error) {
	text := bytes.Clone(head)
	for {
		more, err := in.ReadSlice('\n')
		text = append(text, more...)
		if err != bufio.ErrBufferFull {
			return text, err
		}
		if len(text) > longestLine {
			return nil, errLongLine
		}
	}
}

// databaseLine gives the entry in a line of a name service database (hosts, services), without
// leading blanks and comments. ok is false for a line without an entry.
//
// glibc moves an indented line to the front of its buffer without the final NUL. If no newline
// comes before that, the last bytes of the line stand there twice.
func databaseLine(l line) (text string, ok bool) {
	text = skipSpace(l.text)
	if text == "" || text[0] == '#' {
		return "", false
	}
	if !l.whole {
		text += l.text[len(text):]
	}
	text, _, _ = strings.Cut(text, "#")
	return text, true
}

// field cuts the first field off a line. rest begins after the blanks that follow it.
func field(s string) (first, rest string) {
	i := 0
	for i < len(s) && !isSpace(s[i]) {
		i++
	}
	return s[:i], skipSpace(s[i:])
}

// anyField reports whether f holds for a field of a line.
func anyField(s string, f func(string) bool) bool {
	for s = skipSpace(s); s != ""; {
		var word string
		word, s = field(s)
		if f(word) {
			return true
		}
	}
	return false
}

// fields splits a line at its blanks. strings.Fields splits at Unicode's too.
func fields(s string) []string {
	return strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(space, c) })
}
