package netio

import (
	"bytes"
	"testing"

	"gnc/netio/printable"
)

func TestCRLFAcrossReads(t *testing.T) {
	const in, want = "a\nb\r\nc\r\r\n\n\rd\r", "a\r\nb\r\nc\r\r\n\r\n\rd\r"
	for cut := range len(in) {
		c := new(crlf)
		got := c.edit(c.edit(nil, []byte(in[:cut])), []byte(in[cut:]))
		if string(got) != want {
			t.Errorf("cut at %d: %q, want %q", cut, got, want)
		}
	}
}

func TestTelnetRefuses(t *testing.T) {
	const in = "x\xff\xfd\x18\xff\xfb\x01hi\xff\xff\xfd\xff\xfa\x01\xff\xff\xff\xfd\xff\xf0\xff\xfe\x03\xff\xf1\xff\xfd\x03"
	const want = "\xff\xfc\x18\xff\xfe\x01\xff\xfc\x03"
	for cut := range len(in) {
		n := newTelnet()
		got := append(bytes.Clone(n.see([]byte(in[:cut]))), n.see([]byte(in[cut:]))...)
		if string(got) != want {
			t.Errorf("cut at %d: %q, want %q", cut, got, want)
		}
	}
}

// TestTelnetStrips checks that strip removes the commands, wherever a read ends.
func TestTelnetStrips(t *testing.T) {
	const in = "x\xff\xfd\x18\xff\xfb\x01hi\xff\xff\xfd\xff\xfa\x01\xff\xff\xff\xfd\xff\xf0\xff\xfe\x03y\xff\xf1\xff\xff\xff\xff\xff\xfd\x03z\xff\xfb"
	const data, answers = "xhi\xff\xfdy\xff\xffz", "\xff\xfc\x18\xff\xfe\x01\xff\xfc\x03"
	for first := range len(in) {
		for second := first; second < len(in); second++ {
			n := newTelnet()
			var got, told []byte
			for _, piece := range []string{in[:first], in[first:second], in[second:]} {
				d, a := n.strip([]byte(piece))
				got, told = append(got, d...), append(told, a...)
			}
			if string(got) != data || string(told) != answers {
				t.Fatalf("cut at %d and %d: %q, answers %q", first, second, got, told)
			}
		}
	}
}

// FuzzDoubled checks that doubled bytes come out of telnet as they were.
func FuzzDoubled(f *testing.F) {
	f.Add([]byte("a\xff\xffb\n\xff"))
	f.Fuzz(func(t *testing.T, in []byte) {
		sent := doubled{}.edit(nil, new(crlf).edit(nil, in))
		if len(sent) > 2*len(in) {
			t.Fatalf("%q became %d bytes", in, len(sent))
		}
		want := new(crlf).edit(nil, in)
		if got, answer := newTelnet().strip(sent); !bytes.Equal(got, want) || len(answer) > 0 {
			t.Fatalf("%q came as %q, answered with %q", in, got, answer)
		}
	})
}

// FuzzTelnet cuts the input in two. The data and the answers must stay the same.
func FuzzTelnet(f *testing.F) {
	f.Add([]byte("x\xff\xfd\x18\xff\xfa\xff\xf0"), 3)
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		cut = min(max(cut, 0), len(in))
		whole, parts, seen := newTelnet(), newTelnet(), newTelnet()
		data, want := whole.strip(bytes.Clone(in))
		first, one := parts.strip(bytes.Clone(in[:cut]))
		second, two := parts.strip(bytes.Clone(in[cut:]))
		if got := append(bytes.Clone(one), two...); !bytes.Equal(got, want) || len(want)%3 != 0 {
			t.Fatalf("%q cut at %d: %q, whole %q", in, cut, got, want)
		}
		if got := append(bytes.Clone(first), second...); !bytes.Equal(got, data) {
			t.Fatalf("%q cut at %d: data %q, whole %q", in, cut, got, data)
		}
		if got := seen.see(in); !bytes.Equal(got, want) {
			t.Fatalf("%q: %q is answered without stripping, %q with", in, got, want)
		}
	})
}

func TestHexDump(t *testing.T) {
	got := printable.HexDump(nil, []byte("hello world, 20 byte\n"), '>', 0)
	got = printable.HexDump(got, []byte("\x80~"), '<', 0xfffffff0)
	want := "> 00000000 68 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 32 30 20 # hello world, 20 \n" +
		"> 00000010 62 79 74 65 0a                                  # byte.\n" +
		"< fffffff0 80 7e                                           # .~\n"
	if string(got) != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
