package netio

import (
	"bytes"
	"testing"
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

// FuzzTelnet cuts what comes in two: the answers are the same.
func FuzzTelnet(f *testing.F) {
	f.Add([]byte("x\xff\xfd\x18\xff\xfa\xff\xf0"), 3)
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		cut = min(max(cut, 0), len(in))
		whole, parts := newTelnet(), newTelnet()
		want := whole.see(in)
		got := append(bytes.Clone(parts.see(in[:cut])), parts.see(in[cut:])...)
		if !bytes.Equal(got, want) || len(want)%3 != 0 {
			t.Fatalf("%q cut at %d: %q, whole %q", in, cut, got, want)
		}
	})
}

func TestHexDump(t *testing.T) {
	got := hexDump(nil, []byte("hello world, 20 byte\n"), '>', 0)
	got = hexDump(got, []byte("\x80~"), '<', 0xfffffff0)
	want := "> 00000000 68 65 6c 6c 6f 20 77 6f 72 6c 64 2c 20 32 30 20 # hello world, 20 \n" +
		"> 00000010 62 79 74 65 0a                                  # byte.\n" +
		"< fffffff0 80 7e                                           # .~\n"
	if string(got) != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
