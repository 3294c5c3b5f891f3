package resolve

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"golang.org/x/sys/unix"
)

// FuzzLines cuts texts into lines, however they arrive, as strings.Split does.
func FuzzLines(f *testing.F) {
	for _, text := range []string{"", "a", "a\n", "a\n\nb", "\n",
		strings.Repeat("x", lineBuffer) + "\ny",
		strings.Repeat("x", 3*lineBuffer+1) + "\ny\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := strings.SplitAfter(text, "\n")
		if want[len(want)-1] == "" {
			want = want[:len(want)-1]
		}
		for _, in := range []io.Reader{strings.NewReader(text),
			iotest.HalfReader(strings.NewReader(text)),
			iotest.DataErrReader(strings.NewReader(text))} {
			var got []string
			err := eachLine(in, func(l line) bool {
				whole, newline := strings.CutSuffix(want[len(got)], "\n")
				head, _, cut := strings.Cut(whole, "\x00")
				if l.number != len(got)+1 || l.text != head || l.newline != newline ||
					l.whole != (newline && !cut) {
					t.Errorf("%+v of %q", l, want[len(got)])
				}
				got = append(got, l.text)
				return true
			})
			if err != nil || len(got) != len(want) {
				t.Errorf("%d lines, %v; want %d", len(got), err, len(want))
			}
		}
	})
}

func TestPieces(t *testing.T) {
	var got []string
	lineReader{in: strings.NewReader(strings.Repeat("a", 35) + "\n" + strings.Repeat("b", 16) +
		"\nc"), piece: 16}.each(
		func(l line) bool {
			got = append(got, l.text)
			return true
		})
	want := []string{strings.Repeat("a", 16), strings.Repeat("a", 16), "aaa", strings.Repeat("b", 16),
		"", "c"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// endless is a file whose only line never ends.
type endless struct{ fs.File }

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// endlessHosts is a tree in which etc/hosts is endless.
type endlessHosts struct{ fs.FS }

func (e endlessHosts) Open(name string) (fs.File, error) {
	f, err := e.FS.Open(name)
	if name == "etc/hosts" {
		f = endless{f}
	}
	return f, err
}

// TestEndlessLine: a line that no memory is enough for ends the lookup, and no other source is
// asked.
func TestEndlessLine(t *testing.T) {
	r := &Resolver{Root: endlessHosts{fstest.MapFS{"etc/hosts": {},
		"etc/nsswitch.conf": {Data: []byte("hosts: files dns\n")}}}}
	name := "name"
	for _, family := range []int{Unspec, INET, INET6} {
		_, err := r.Getaddrinfo(context.Background(), &name, nil,
			Hints{Family: family, SockType: SockStream})
		if e, ok := errors.AsType[*Error](err); !ok || e.Code != EAIMemory {
			t.Errorf("family %d: %v", family, err)
		}
	}
}

// FuzzWordFinder finds the name of every line that is about it.
func FuzzWordFinder(f *testing.F) {
	f.Add("10.0.0.1 Alpha beta", "ALPHA")
	f.Add("10.0.0.1 xalpha alphax aalpha alpha#c", "alpha")
	f.Add("10.0.0.1 "+strings.Repeat("ab", 300), strings.Repeat("aB", 300))
	f.Add("::1 a", "a")
	f.Add("::1", "")
	f.Fuzz(func(t *testing.T, text, name string) {
		text = strings.NewReplacer("\n", "", "\x00", "").Replace(text)
		found := newWordFinder(name).in([]byte(text))
		eachHost(strings.NewReader(text+"\n"), nil, func(h hostLine) bool {
			if h.named(name) && !found {
				t.Errorf("%q is not found in %q", name, text)
			}
			return true
		})
		if found && !strings.Contains(strings.ToLower(text), strings.ToLower(name)) &&
			isASCII(text+name) {
			t.Errorf("%q is found in %q", name, text)
		}
	})
}

// TestBigHosts finds names behind 16 MiB and more of a hosts file, forwards and
// backwards, and in a line longer than any buffer.
func TestBigHosts(t *testing.T) {
	var text bytes.Buffer
	text.WriteString(manyHosts(700_000))
	text.WriteString("192.0.2.1 " + strings.Repeat("alias ", 100_000) + "far\n192.0.2.2 near far\n")
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"hosts": text.Bytes(),
		"nsswitch.conf": []byte("hosts: files\n"),
		"host.conf":     []byte("multi on\n")} {
		if err := os.WriteFile(filepath.Join(dir, "etc", name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	in, err := openSystemFile(context.Background(), filepath.Join(dir, "etc/hosts"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	lines := 0
	if err := eachLine(in, func(line) bool { lines++; return true }); err != nil || lines != 700_002 {
		t.Errorf("%d lines, %v", lines, err)
	}
	r := &Resolver{Root: os.DirFS(dir), Prober: fakeProber{}}
	for name, want := range map[string]string{"HOST699999": "10.10.174.95:0",
		"far": "192.0.2.1:0 192.0.2.2:0"} {
		list, err := r.Getaddrinfo(context.Background(), &name, nil, Hints{SockType: SockStream})
		var got []string
		for _, ai := range list {
			got = append(got, ai.Addr.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v; want %s", name, got, err, want)
		}
	}
	if name, err := r.Reverse(context.Background(), mustAddr("192.0.2.2")); name != "near" {
		t.Error(name, err)
	}
}

// TestFileWithoutEnd has lookups end with their context whatever a file is.
func TestFileWithoutEnd(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	read := func(r *Resolver) error {
		return r.read(pipe, func(in io.Reader) error {
			return eachLine(in, func(line) bool { return true })
		})
	}
	// Nobody has it open, and nobody writes to it.
	for _, open := range []bool{false, true} {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
		if open {
			w, err := os.OpenFile(pipe, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
		}
		if err := read(New().within(ctx)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("open %v: %v", open, err)
		}
		cancel()
	}
}

// TestPipe waits for what a pipe's writer has to say, however late.
func TestPipe(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		w, err := os.OpenFile(pipe, os.O_WRONLY, 0)
		if err != nil {
			return
		}
		defer w.Close()
		w.WriteString("alias ")
		w.WriteString("name.test\n")
	}()
	r := &Resolver{Getenv: func(string) (string, bool) { return pipe, true }}
	if name, ok := r.hostAlias("alias"); name != "name.test" {
		t.Error(name, ok)
	}
}
