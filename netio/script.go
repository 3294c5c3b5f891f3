package netio

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
)

// Script is a conversation, from one side of it, as a file describes it: a step a line.
//
//	expect REGEX       until what came and is not consumed matches (RE2 syntax); consumes through the end of the match
//	expect-text TEXT   exactly these bytes come next; consumes them
//	expect-hex HEX     the same, in hexadecimal
//	expect-end         the peer ends its direction, and nothing that is not consumed has come before
//	send TEXT          send these bytes
//	send-hex HEX       the same, in hexadecimal
//	send-file PATH     send a regular file, from its beginning to its end
//	delay DUR          once all is sent, wait: 3 (seconds), 0.5, 500ms, 2m
//	half-close         once all is sent, send nothing more; receiving goes on
//	close              once all is sent and acknowledged, close, whatever the peer does
//	reset              the same, with a reset
//	connection [N]     what follows is for the next connection, or goes on with what is for the Nth
//
// Blanks around a step and its argument do not count, nor do empty lines and those that begin with #. TEXT has the
// escapes \n \r \t \0 \\ and \xHH; quotes around it keep the blanks at its ends, and are no part of it. HEX may have
// blanks between the digits. PATH is relative to the script's folder.
//
// Connections beyond those of the script play the last one's part. A part that ends without close or reset half-closes
// and waits for the peer's end; what still comes then is dropped.
type Script struct {
	name  string
	parts []*scriptPart
}

// Name is the file's.
func (s *Script) Name() string { return s.name }

// scriptPart is what is played on one connection.
type scriptPart struct {
	steps      []*scriptStep
	halfClosed bool
	peerEnded  bool // by expect-end
	over       bool // by close or reset
}

// scriptStep is a line of a script.
type scriptStep struct {
	line    int
	text    string // as it was written
	op      scriptOp
	pattern *regexp.Regexp
	data    []byte
	path    string
	file    *os.File // of path, once the script has been opened
	pause   time.Duration
}

type scriptOp uint8

const (
	opExpect scriptOp = iota
	opExpectExactly
	opExpectEnd
	opSend
	opSendFile
	opDelay
	opHalfClose
	opClose
	opReset
)

// ScriptError is a line that makes no sense.
type ScriptError struct {
	Name string
	Line int
	Err  error
}

func (e *ScriptError) Error() string { return fmt.Sprintf("%s:%d: %v", e.Name, e.Line, e.Err) }
func (e *ScriptError) Unwrap() error { return e.Err }

// maxScriptLine bounds a line, and with it what a step can expect to come as a whole.
const maxScriptLine = 256 << 10

// scriptWords are the steps.
var scriptWords = []struct {
	word     string
	op       scriptOp
	argument func(*scriptStep, string) error // nil where there is none
}{
	{"expect", opExpect, (*scriptStep).readPattern},
	{"expect-text", opExpectExactly, (*scriptStep).readText},
	{"expect-hex", opExpectExactly, (*scriptStep).readHex},
	{"expect-end", opExpectEnd, nil},
	{"send", opSend, (*scriptStep).readText},
	{"send-hex", opSend, (*scriptStep).readHex},
	{"send-file", opSendFile, (*scriptStep).readPath},
	{"delay", opDelay, (*scriptStep).readPause},
	{"half-close", opHalfClose, nil},
	{"close", opClose, nil},
	{"reset", opReset, nil},
}

// ParseScript reads a script, whose lines are of 256 KiB at most. Its errors are *ScriptError, with name for the file.
// Files that are to be sent are not looked for.
func ParseScript(name string, text []byte) (*Script, error) {
	p := scriptParser{script: &Script{name: name}}
	for number := 1; len(text) > 0; number++ {
		var line []byte
		line, text, _ = bytes.Cut(text, []byte("\n"))
		if err := p.line(number, line); err != nil {
			return nil, &ScriptError{Name: name, Line: number, Err: err}
		}
	}
	if len(p.script.parts) == 0 {
		p.begin()
	}
	return p.script, nil
}

// scriptParser is a script whose first lines have been read.
type scriptParser struct {
	script *Script
	part   *scriptPart // that lines are added to; nil before the first
}

func (p *scriptParser) begin() {
	p.part = &scriptPart{}
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
	step.line, step.text = number, text
	if p.part == nil {
		p.begin()
	}
	return p.part.add(step)
}

// connection goes on with another connection's part. Those of a recording alternate, as the connections did.
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

// add adds a step that makes sense after those that are there.
func (c *scriptPart) add(s *scriptStep) error {
	switch {
	case c.over:
		return errors.New("nothing can follow close or reset; connection begins what is for the next one")
	case c.halfClosed && (s.op == opSend || s.op == opSendFile || s.op == opHalfClose):
		return errors.New("nothing can be sent after half-close")
	case c.peerEnded && s.op <= opExpectEnd:
		return errors.New("nothing can come after expect-end")
	}
	c.halfClosed = c.halfClosed || s.op == opHalfClose
	c.peerEnded = c.peerEnded || s.op == opExpectEnd
	c.over = s.op == opClose || s.op == opReset
	c.steps = append(c.steps, s)
	return nil
}

func newScriptStep(word, argument string) (*scriptStep, error) {
	var words []string
	for _, row := range scriptWords {
		words = append(words, row.word)
		if row.word != word {
			continue
		}
		s := &scriptStep{op: row.op}
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

func (s *scriptStep) readPattern(argument string) (err error) {
	s.pattern, err = regexp.Compile(argument)
	return err
}

func (s *scriptStep) readText(argument string) error {
	if argument[0] == '"' {
		if len(argument) == 1 || argument[len(argument)-1] != '"' {
			return errors.New(`no closing quote; write \x22 for a quote that is sent`)
		}
		argument = argument[1 : len(argument)-1]
	}
	text, err := Unescape(argument)
	s.data = []byte(text)
	return err
}

func (s *scriptStep) readHex(argument string) (err error) {
	digits := strings.NewReplacer(" ", "", "\t", "").Replace(argument)
	if s.data, err = hex.DecodeString(digits); err != nil {
		return fmt.Errorf("%.40q is not bytes in hexadecimal", argument)
	}
	return nil
}

func (s *scriptStep) readPath(argument string) error {
	if strings.ContainsRune(argument, 0) {
		return fmt.Errorf("%q is no path", argument)
	}
	s.path = argument
	return nil
}

func (s *scriptStep) readPause(argument string) (err error) {
	s.pause, err = ParseDuration(argument)
	return err
}

// want is what a step expects, for a message.
func (s *scriptStep) want() string {
	switch s.op {
	case opExpect:
		return fmt.Sprintf("%#q", s.pattern)
	case opExpectExactly:
		return excerpt(s.data, int64(len(s.data)))
	case opExpectEnd:
		return "the end"
	}
	return s.text
}
