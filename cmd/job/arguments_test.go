package job

import (
	"strings"
	"testing"
)

func TestPorts(t *testing.T) {
	for _, row := range []struct{ word, want, err string }{
		{"80", "80", ""},
		{"http", "80", ""},
		{"20-22", "20 21 22", ""},
		{"22-20", "20 21 22", ""},
		{"0", "", "port number too small: 0"},
		{"-1", "", "port number too small: -1"},
		{"70000", "", "port number too large: 70000"},
		{"99999999999999999999", "", "port number too large: 99999999999999999999"},
		{"1-70000", "", "port number too large: 70000"},
		{"1-x", "", "port number invalid: x"},
		{"5-3-1", "", "port number invalid: 3-1"},
		{"nosuchsvc", "", "port number invalid: nosuchsvc"},
		{"", "", "port number invalid: "},
	} {
		ports, err := ParsePorts(row.word)
		switch {
		case row.err != "":
			if err == nil || err.Error() != row.err {
				t.Errorf("%q: %v, want %s", row.word, err, row.err)
			}
		case err != nil || strings.Join(ports, " ") != row.want:
			t.Errorf("%q is %v, %v; want %s", row.word, ports, err, row.want)
		}
	}
}

func TestTOSWords(t *testing.T) {
	for word, want := range map[string]int{"lowdelay": 0x10, "af11": 0x28, "af43": 0x98, "cs7": 0xe0, "ef": 0xb8, "0x1c": 0x1c,
		"16": 16, "bogus": -1, "af51": -1, "af1": -1, "cs8": -1, "cs71": -1, "256": -1} {
		if tos, ok := TOS(word); ok != (want >= 0) || ok && tos != want {
			t.Errorf("%s is %d, %v; want %d", word, tos, ok, want)
		}
	}
}
