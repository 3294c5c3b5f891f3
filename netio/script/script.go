// Package script is the language of conversations. Parse reads a script into Parts of Steps, and
// Load also opens the files that it sends. netio's Player plays them. QuoteText writes a text of
// the language, for recordings. Begin with Script in script.go, which describes the language.
package script

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gnc/netio/address"
	"gnc/netio/printable"
)

// Script is one side of a conversation. Its file has a step on each line.
//
//	expect REGEX       wait until unconsumed bytes match (RE2 syntax); consume up to its end
//	expect-text TEXT   exactly these bytes come next; consume them
//	expect-hex HEX     the same, in hexadecimal
//	expect-end         the peer ends its direction, and all that came before is consumed
//	send TEXT          send these bytes
//	send-hex HEX       the same, in hexadecimal
//	send-file PATH     send a regular file, from its beginning to its end
//	delay DUR          wait once all is sent: 3 (seconds), 0.5, 500ms, 2m
//	half-close         end our direction once all is sent; receiving goes on
//	close              close once all is sent and acknowledged, whatever the peer does
//	reset              the same, with a reset
//	connection [N]     the next lines are for the next connection, or continue the Nth one's
//
// Blanks around a step and its argument do not count. Empty lines and lines that begin with # do
// not count either. TEXT has the escapes \n \r \t \0 \\ and \xHH. Quotes around TEXT keep the
// blanks at its ends and are not sent. HEX may have blanks between the digits. PATH is relative to
// the script's folder.
//
// A connection beyond the script's last one plays the last part. A part that ends without close or
// reset half-closes and waits for the peer's end. What still comes is dropped.
type Script struct {
	name  string
	parts []*Part
}

// Name returns the name of the script's file.
func (s *Script) Name() string { return s.name }

// Part holds the steps of one connection.
type Part struct {
	Steps      []*Step
	halfClosed bool
	peerEnded  bool // by expect-end
	Over       bool // by close or reset
}

// Step is a line of a script.
type Step struct {
	Line    int
	Text    string // the line as written
	Op      Op
	Pattern *regexp.Regexp
	Data    []byte
	Path    string
	File    *os.File // of Path, once Open has opened it
	Pause   time.Duration
}

type Op uint8

const (
	OpExpect Op = iota
	OpExpectExactly
	OpExpectEnd
	OpSend
	OpSendFile
	OpDelay
	OpHalfClose
	opClose
	OpReset
)

// Error is a line of a script that is not valid.
type Error struct {
	Name string
	Line int
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %v", e.Name, e.Line, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// maxScriptLine is the longest line, in bytes. It also bounds the text of one expect step.
const maxScriptLine = 256 << 10

// scriptWords lists the words of the language.
var scriptWords = []struct {
	word     string
	op       Op
	argument func(*Step, string) error // nil: the step takes none
}{
	{"expect", OpExpect, (*Step).readPattern},
	{"expect-text", OpExpectExactly, (*Step).readText},
	{"expect-hex", OpExpectExactly, (*Step).readHex},
	{"expect-end", OpExpectEnd, nil},
	{"send", OpSend, (*Step).readText},
	{"send-hex", OpSend, (*Step).readHex},
	{"send-file", OpSendFile, (*Step).readPath},
	{"delay", OpDelay, (*Step).readPause},
	{"half-close", OpHalfClose, nil},
	{"close", opClose, nil},
	{"reset", OpReset, nil},
}

// Parse reads a script. A line has at most 256 KiB. An error is an *Error that has name as the
// file. Parse does not open the files to send.
func Parse(name string, text []byte) (*Script, error) {
	p := scriptParser{script: &Script{name: name}}
	for number := 1; len(text) > 0; number++ {
		var line []byte
		line, text, _ = bytes.Cut(text, []byte("\n"))
		if err := p.line(number, line); err != nil {
			return nil, &Error{Name: name, Line: number, Err: err}
		}
	}
	if len(p.script.parts) == 0 {
		p.begin()
	}
	return p.script, nil
}

// scriptParser holds the part of a script that has been read.
type scriptParser struct {
	script *Script
	part   *Part // of the next line; nil before the first one
}

func (p *scriptParser) begin() {
	p.part = &Part{}
	p.script.parts = append(p.script.parts, p.part)
}

func (p *scriptParser) line(number int, line []byte) error {
	if len(line) > maxScriptLine {
		return fmt.Errorf("the line is longer than %d bytes; send-file sends more", maxScriptLine)
	}
	text := strings.Trim(string(line), " \t\r")
	if text == "" || text[0] == '#' {
		return nil
	}
	word, argument := text, ""
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		word, argument = text[:i], strings.TrimLeft(text[i:], " \t")
	}
	if word == "connection" {
		return p.connection(argument)
	}
	step, err := newScriptStep(word, argument)
	if err != nil {
		return err
	}
	step.Line, step.Text = number, text
	if p.part == nil {
		p.begin()
	}
	return p.part.add(step)
}

// connection switches to another connection's part. Connections of a recording take turns.
func (p *scriptParser) connection(argument string) error {
	if argument == "" {
		p.begin()
		return nil
	}
	n, err := strconv.Atoi(argument)
	switch parts := len(p.script.parts); {
	case err != nil || n < 1:
		return fmt.Errorf("connection: %q is not the number of one", argument)
	case n > parts+1:
		return fmt.Errorf("connection %d: there is no connection %d before it", n, parts+1)
	case n == parts+1:
		p.begin()
	default:
		p.part = p.script.parts[n-1]
	}
	return nil
}

// add adds a step if it is valid after the steps before it.
func (c *Part) add(s *Step) error {
	switch {
	case c.Over:
		return errors.New("nothing can follow close or reset; connection begins what is for the next one")
	case c.halfClosed && (s.Op == OpSend || s.Op == OpSendFile || s.Op == OpHalfClose):
		return errors.New("nothing can be sent after half-close")
	case c.peerEnded && s.Op <= OpExpectEnd:
		return errors.New("nothing can come after expect-end")
	}
	c.halfClosed = c.halfClosed || s.Op == OpHalfClose
	c.peerEnded = c.peerEnded || s.Op == OpExpectEnd
	c.Over = s.Op == opClose || s.Op == OpReset
	c.Steps = append(c.Steps, s)
	return nil
}

func newScriptStep(word, argument string) (*Step, error) {
	var words []string
	for _, row := range scriptWords {
		words = append(words, row.word)
		if row.word != word {
			continue
		}
		s := &Step{Op: row.op}
		switch {
		case row.argument == nil && argument != "":
			return nil, fmt.Errorf("%s takes no argument", word)
		case row.argument == nil:
			return s, nil
		case argument == "":
			return nil, fmt.Errorf("%s what?", word)
		}
		if err := row.argument(s, argument); err != nil {
			return nil, fmt.Errorf("%s: %w", word, err)
		}
		return s, nil
	}
	return nil, fmt.Errorf("%.40q is no step; steps are %s and connection", word, strings.Join(words, ", "))
}

func (s *Step) readPattern(argument string) (err error) {
	s.Pattern, err = regexp.Compile(argument)
	return err
}

func (s *Step) readText(argument string) error {
	if argument[0] == '"' {
		if len(argument) == 1 || argument[len(argument)-1] != '"' {
			return errors.New(`no closing quote; write \x22 for a quote that is sent`)
		}
		argument = argument[1 : len(argument)-1]
	}
	text, err := printable.Unescape(argument)
	s.Data = []byte(text)
	return err
}

func (s *Step) readHex(argument string) (err error) {
	digits := strings.NewReplacer(" ", "", "\t", "").Replace(argument)
	if s.Data, err = hex.DecodeString(digits); err != nil {
		return fmt.Errorf("%.40q is not bytes in hexadecimal", argument)
	}
	return nil
}

func (s *Step) readPath(argument string) error {
	if strings.ContainsRune(argument, 0) {
		return fmt.Errorf("%q is no path", argument)
	}
	s.Path = argument
	return nil
}

func (s *Step) readPause(argument string) (err error) {
	s.Pause, err = address.ParseDuration(argument)
	return err
}

// Want describes what a step expects, for a message.
func (s *Step) Want() string {
	switch s.Op {
	case OpExpect:
		return fmt.Sprintf("%#q", s.Pattern)
	case OpExpectExactly:
		return printable.Excerpt(s.Data, int64(len(s.Data)))
	case OpExpectEnd:
		return "the end"
	}
	return s.Text
}
