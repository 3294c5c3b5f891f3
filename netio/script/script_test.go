package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestScriptErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"expct x", `s:1: "expct" is no step; steps are expect, expect-text, expect-hex, expect-end, send, send-hex, send-file, delay, half-close, close, reset and connection`},
		{"\n# fine\n  expect (\n", "s:3: expect: error parsing regexp: missing closing ): `(`"},
		{"expect", "s:1: expect what?"},
		{"expect-end now", "s:1: expect-end takes no argument"},
		{`send a\q`, "s:1: send: `\\q` is no escape; write \\n, \\r, \\t, \\0, \\\\ or \\xHH"},
		{`send "a`, `s:1: send: no closing quote; write \x22 for a quote that is sent`},
		{`send "`, `s:1: send: no closing quote; write \x22 for a quote that is sent`},
		{"send-hex 0g", `s:1: send-hex: "0g" is not bytes in hexadecimal`},
		{"send-hex 0 00", `s:1: send-hex: "0 00" is not bytes in hexadecimal`},
		{"delay soon", `s:1: delay: "soon" is not a duration; write 3 (seconds), 0.5, 500ms or 2m`},
		{"delay -1", `s:1: delay: "-1" is not a duration of 0 to 3153600000 seconds`},
		{"close\nsend x", "s:2: nothing can follow close or reset; connection begins what is for the next one"},
		{"half-close\r\nsend x", "s:2: nothing can be sent after half-close"},
		{"half-close\nhalf-close", "s:2: nothing can be sent after half-close"},
		{"expect-end\nexpect x", "s:2: nothing can come after expect-end"},
		{"connection two", `s:1: connection: "two" is not the number of one`},
		{"connection 2", "s:1: connection 2: there is no connection 1 before it"},
		{"connection 1\nclose\nconnection 2\nconnection 1\nreset", "s:5: nothing can follow close or reset; connection begins what is for the next one"},
		{"send " + strings.Repeat("x", maxScriptLine), "s:1: the line is longer than 262144 bytes; send-file sends more"},
	} {
		if _, err := Parse("s", []byte(c.text)); err == nil || err.Error() != c.want {
			t.Errorf("%.40q: %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestScriptParts(t *testing.T) {
	text := "send a\nsend \" b \"\nsend \"\"c\"\"\nsend-hex 00 ff\t0A\nconnection\nconnection 3\nsend d\nconnection 2\nsend e\nconnection 1\nclose"
	s, err := Parse("s", []byte(text))
	must(t, err)
	for number, want := range []string{1: "a b \"c\"\x00\xff\n", 2: "e", 3: "d", 4: "d"} {
		if number == 0 {
			continue
		}
		var got string
		for _, step := range s.PartOf(number).Steps {
			got += string(step.Data)
		}
		if got != want {
			t.Errorf("connection %d is sent %q, not %q", number, got, want)
		}
	}
	if !s.PartOf(1).Over || s.PartOf(2).Over {
		t.Error("close belongs to connection 1")
	}
	for _, empty := range []string{"", "# nothing\n", "connection"} {
		if s, err := Parse("s", []byte(empty)); err != nil || len(s.parts) != 1 || len(s.PartOf(1).Steps) != 0 {
			t.Errorf("%q is %v, %v", empty, s, err)
		}
	}
}

func TestScriptFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	write("body", "the body")
	s, err := Load(write("good", "send-file body\nsend-file "+filepath.Join(dir, "body")))
	must(t, err)
	if steps := s.PartOf(1).Steps; steps[0].File == nil || steps[0].File != steps[1].File {
		t.Error("the file is not opened once")
	}
	s.Close()
	for text, want := range map[string]string{
		"\nsend-file nosuch": ":2: open " + filepath.Join(dir, "nosuch") + ": no such file or directory",
		"send-file .":        ":1: open " + dir + ": not a regular file",
	} {
		path := write("bad", text)
		if _, err := Load(path); err == nil || err.Error() != path+want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzParseScript parses anything. There must be no panic, every error must have its line, and the
// result must be consistent.
func FuzzParseScript(f *testing.F) {
	f.Add([]byte("# a\nexpect ^a\nsend \"b\\x00\"\nsend-hex 00\ndelay 1ms\nhalf-close\nexpect-end\nconnection\nreset\n"))
	f.Add([]byte("connection 2\n"))
	f.Add([]byte("send \""))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse("s", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "s:") || s != nil {
				t.Errorf("%v, %v", s, err)
			}
			return
		}
		for _, part := range s.parts {
			for i, step := range part.Steps {
				if step.Line == 0 || (step.Op == opClose || step.Op == OpReset) != (part.Over && i == len(part.Steps)-1) {
					t.Errorf("step %d of %q", i, text)
				}
				if len(step.Data) > maxScriptLine || step.Op == OpExpect && step.Pattern == nil {
					t.Errorf("step %d of %q", i, text)
				}
			}
		}
	})
}

// FuzzQuoteText writes bytes as a recording does, and reads them back as a script does.
func FuzzQuoteText(f *testing.F) {
	f.Add([]byte("\"a\" \\ \r\n\t\x00\xff\xc3\xa4\xe2\x80\xa8"))
	f.Fuzz(func(t *testing.T, p []byte) {
		text, _ := QuoteText(p)
		s, err := Parse("s", append([]byte("send "), text...))
		if len(text) > maxScriptLine-5 {
			return
		}
		if err != nil || string(s.PartOf(1).Steps[0].Data) != string(p) {
			t.Errorf("%q came back from %s: %v", p, text, err)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
