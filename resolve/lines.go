package resolve

import "strings"

// line is one line of a configuration file. C strings end at a NUL, and so
// does the text.
type line struct {
	number  int // from 1
	text    string
	newline bool // false for a last line without one
}

// eachLine calls f for each line until it returns false.
func eachLine(text string, f func(line) bool) {
	for n := 1; text != ""; n++ {
		head, tail, found := strings.Cut(text, "\n")
		text = tail
		if i := strings.IndexByte(head, 0); i >= 0 {
			head = head[:i]
		}
		if !f(line{number: n, text: head, newline: found}) {
			return
		}
	}
}

// databaseLine gives what the files of name service databases (hosts,
// services) hold in a line: leading blanks and comments cut. ok is false for a
// line with nothing in it.
//
// glibc moves an indented line to the front of its buffer without the final
// NUL. Where no newline follows, the last bytes of the line are there twice.
func databaseLine(l line) (text string, ok bool) {
	text = skipSpace(l.text)
	if text == "" || text[0] == '#' {
		return "", false
	}
	if !l.newline {
		text += l.text[len(text):]
	}
	if i := strings.IndexByte(text, '#'); i >= 0 {
		text = text[:i]
	}
	return text, true
}

// field cuts the first field off a line: what stands before the first blank,
// and what follows the blanks.
func field(s string) (first, rest string) {
	i := 0
	for i < len(s) && !isSpace(s[i]) {
		i++
	}
	return s[:i], skipSpace(s[i:])
}

// fields splits a line at its blanks. strings.Fields splits at Unicode's too.
func fields(s string) []string {
	var list []string
	for s = skipSpace(s); s != ""; {
		var f string
		f, s = field(s)
		list = append(list, f)
	}
	return list
}
