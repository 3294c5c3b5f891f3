package cmd

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"gnc/cmd/job"
	"gnc/cmd/nc"
	"gnc/netio"
)

func ncEnv(args ...string) *job.Env {
	return &job.Env{Args: append([]string{"gnc"}, args...), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: new(bytes.Buffer),
		Getenv: func(string) string { return "" }, Now: time.Now}
}

// TestNCMeansTheSameJob holds command lines of nc against gnc's own: apart from the messages, the
// jobs are equal.
func TestNCMeansTheSameJob(t *testing.T) {
	for _, row := range []struct{ nc, gnc string }{
		{"127.0.0.1 80", "connect --no-shutdown 127.0.0.1 80"},
		{"-N 127.0.0.1 80", "connect 127.0.0.1 80"},
		{"127.0.0.1 80 -N", "connect 127.0.0.1 80"},
		{"-Nnw3 127.0.0.1 80", "connect -n -w 3 127.0.0.1 80"},
		{"-zN -w 3 localhost 80", "connect -z -w 3 localhost 80"},
		{"-N4 -s 127.0.0.9 -p 99 h 80", "connect -4 -s 127.0.0.9 -p 99 h 80"},
		{"-Nd h 80", "connect --recv-only h 80"},
		{"-vvN6 -- ::1 80", "connect -vv -6 ::1 80"},
	} {
		own, err := parse(ncEnv(strings.Fields(row.gnc)...))
		if err != nil {
			t.Fatalf("gnc %s: %v", row.gnc, err)
		}
		j, err := parse(ncEnv(append([]string{"nc"}, strings.Fields(row.nc)...)...))
		if err != nil {
			t.Errorf("nc %s: %v", row.nc, err)
			continue
		}
		j.(*job.Connect).Words.Messages = nil
		j.(*job.Connect).Progress = "auto"   // nc has no live line
		manners := &j.(*job.Connect).Options // which have no flags
		manners.ReaderMayGo, manners.SendAtHand, manners.Unfinished = false, false, netio.UnfinishedResets
		if !reflect.DeepEqual(own, j) {
			t.Errorf("nc %s is\n%+v, and gnc %s\n%+v", row.nc, j, row.gnc, own)
		}
	}
}

// TestNCAccepts has command lines that nc.openbsd takes, and those of other dialects that are told
// what to write.
func TestNCAccepts(t *testing.T) {
	for _, line := range []string{"-46bCDdnNrtvvz -I 1 -i 0 -M 0 -m 255 -O 1 -q -1 -T ef -W 1 -w 0 h 1", "-p 0 h 1", "-p ssh h 1", "h tftp -u",
		"-X 5 h 1", "-P me h 1", "-x [::1]:1 h 1", "-XCONNECT -xp h 1", "-l 0", "-lk -p http", "-l ::1 1", "-luk 1", "-lU p", "-ulU @p",
		"-uU p -s q", "-zU p", "-F h 1", "-lF 1", "h 1-3 ssh 9-7", "-l -s 127.0.0.1 -p 1", "- 1", "-- -h 1", "-S h 1", "-Slk 1", "-Zl 1",
		"-Zu h 1", "-z -Z h 1", "-l 70000", "-l -p 65536", "-l -p 99999999999999999999", "-l ::1 131073", "-lp _1", "-p 70000 h 1", "-i 2147484 h 1",
		"-w _1 -q _1 -I _1 h _1", "-T _1 h 1", "-T 0x h 1"} {
		words := strings.Fields(line)
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], "_", " ")
		}
		if _, err := parse(ncEnv(append([]string{"nc"}, words...)...)); err != nil {
			t.Errorf("nc %s: %v", line, err)
		}
	}
	for _, line := range []string{"-g 127.0.0.1 h 1", "-g 127.0.0.1 -g 127.0.0.2 -G 8 h 1", "-G 4 h 1", "-G 4 -l", "-l -z -p 1", "-a h 1"} {
		if _, err := nc.Parse(ncEnv(), "nc.traditional", strings.Fields(line)); err != nil {
			t.Errorf("nc.traditional %s: %v", line, err)
		}
	}
	for line, want := range map[string]string{"-Z -U p": "cannot use -Z and -U", "-Z -x p h 1": "no proxy support for DCCP mode",
		"-l -p x": "Servname not supported", "-l -p -1": "Servname not supported", "-K k h 1": "gnc does not speak TLS yet", "-G 3 h 1": "-w SECONDS", "-L h:1": "nc -l PORT",
		"-c h 443": "gnc does not speak TLS yet", "-g x h 1": "source routing", "-m 5000 -l 1": "minttl is too large"} {
		_, err := parse(ncEnv(append([]string{"nc"}, strings.Fields(line)...)...))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("nc %s: %v, want %s", line, err, want)
		}
	}
}
