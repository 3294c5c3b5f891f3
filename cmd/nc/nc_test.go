package nc

import (
	"errors"
	"strings"
	"testing"

	"gnc/cmd/job"
)

func ncEnv() *job.Env { return &job.Env{Getenv: func(string) string { return "" }} }

// FuzzNC gives any words to nc: they end in a job or a complaint with words of its own, never in a
// panic.
func FuzzNC(f *testing.F) {
	for _, line := range []string{"", "-h", "-lvnp\x008080", "127.0.0.1\x0080\x00-v", "-w1\x00h\x001-3", "-X5\x00-x\x00p:1\x00h\x0080",
		"-lU\x00p", "--\x00-h\x001", "-l\x00-p\x001\x00peer", "-Tcs9\x00h\x001", "-q-1\x00-i\x00x", "-u\x00-e\x00cat\x00-c", "-", "-SZ\x00-l\x0070000", "-l\x00-p\x00 1",
		"-g\x001.2.3.4\x00-G8\x00h\x001", "-46\x00-i\x00 7\x00h\x001"} {
		f.Add(line, false)
		f.Add(line, true)
	}
	f.Fuzz(func(t *testing.T, line string, traditional bool) {
		name := "nc"
		if traditional {
			name = "nc.traditional"
		}
		j, err := Parse(ncEnv(), name, strings.Split(line, "\x00"))
		var complaint *job.Complaint
		switch {
		case err == nil && j == nil, err != nil && !errors.As(err, &complaint):
			t.Fatalf("%q: %v, %v", line, j, err)
		case err != nil && (complaint.Text == "" || complaint.Status > 1):
			t.Fatalf("%q: status %d, %q", line, complaint.Status, complaint.Text)
		}
	})
}

// TestNCPortsOfListeners has the port of a listener, or a source's, be what getaddrinfo(3) makes of
// the word; the last of -4 and -6 counts.
func TestNCPortsOfListeners(t *testing.T) {
	for word, want := range map[string]string{"70000": "4464", "65536": "0", "131073": "1", "99999999999": "59391", " 80": "80",
		"+80": "80", "http": "80", "99999999999999999999": "65535", "": "0"} {
		j, err := Parse(ncEnv(), "nc", []string{"-l", "127.0.0.1", word})
		if err != nil || j.(*job.Listen).Target.Port != want {
			t.Errorf("-l 127.0.0.1 %q: %v, %v; want port %s", word, j, err, want)
		}
	}
	for line, want := range map[string]string{"-46": "ip6", "-64": "ip4", "-6": "ip6"} {
		if j, err := Parse(ncEnv(), "nc", []string{line, "h", "1"}); err != nil || j.(*job.Connect).Network != want {
			t.Errorf("nc %s: %v, want %s", line, err, want)
		}
	}
}
