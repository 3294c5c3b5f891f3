package job

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio"
)

// meter draws the live line of a session on stderr: bytes, rate, and how much is left where the
// whole is known. A nil meter draws nothing.
type meter struct {
	loop    *netio.Loop
	now     func() time.Time
	begin   time.Time
	size    int64 // of stdin, 0 if nobody knows
	session *netio.Session
	timer   *mux.Timer
	live    liveLine
	last    int64
	lastAt  time.Time
}

// newMeter is the meter that the job asks for, or nil.
func (t *Task) newMeter(job *Session, begin time.Time) *meter {
	_, terminal := t.env.screen()
	switch {
	case t.Quiet || job.Progress == "never", job.Progress == "auto" && (!terminal || t.talksThere()):
		return nil
	}
	size := job.Size
	switch {
	case size != 0:
	case job.Send != nil:
		size = int64(len(*job.Send))
	default:
		size = remaining(t.env.Stdin)
	}
	return &meter{loop: t.loop, live: liveLine{w: t.Stderr, screen: t.env.screen}, now: t.env.Now, begin: begin, lastAt: begin, size: size}
}

// talksThere reports whether what the session writes, or a person types, shows on the same
// terminal: a live line would be in the way.
func (t *Task) talksThere() bool {
	return netio.IsTerminal(int(t.env.Stdout.Fd())) || netio.IsTerminal(int(t.env.Stdin.Fd()))
}

// remaining is what a regular file still has from where it stands, or 0.
func remaining(f *os.File) int64 {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	at, err := unix.Seek(int(f.Fd()), 0, io.SeekCurrent)
	if err != nil {
		return 0
	}
	return max(info.Size()-at, 0)
}

func (m *meter) start(s *netio.Session) {
	if m == nil || m.timer != nil {
		return
	}
	m.session = s
	m.timer = m.loop.After(drawEvery, m.draw)
}

func (m *meter) draw() {
	now := m.now()
	sent, received := m.session.Moved()
	m.live.draw(m.lines(sent, received, now)...)
	m.last, m.lastAt = sent+received, now
	m.timer.Reset(drawEvery)
}

// lines are what may be drawn, the longest first: "sent 1.2 GiB, 950.0 MiB/s now, 900.0 MiB/s on
// average, 40%, 2s left".
func (m *meter) lines(sent, received int64, now time.Time) []string {
	took := max(now.Sub(m.begin).Seconds(), 1e-9)
	current := human(float64(sent+received-m.last)/max(now.Sub(m.lastAt).Seconds(), 1e-9)) + "/s now"
	average := human(float64(sent+received)/took) + "/s on average"
	moved, short := movedText(sent, received)
	percent, left := "", ""
	if m.size > 0 {
		percent = fmt.Sprintf("%d%%", min(100*sent/m.size, 100))
		if rate := float64(sent) / took; rate > 0 && sent < m.size {
			left = fmt.Sprintf("%v left", time.Duration(float64(m.size-sent)/rate*float64(time.Second)).Round(time.Second))
		}
	}
	return []string{
		listed(moved, current, average, percent, left),
		listed(moved, current, percent, left),
		listed(moved, percent, left),
		listed(short, percent, left),
		listed(short, percent),
		cmp.Or(percent, short),
	}
}

// movedText says how much has been moved, and the same in few words.
func movedText(sent, received int64) (text, short string) {
	out, in := human(float64(sent)), human(float64(received))
	switch {
	case received == 0:
		return "sent " + out, out
	case sent == 0:
		return "received " + in, in
	}
	return "sent " + out + ", received " + in, out + ", " + in
}

// listed joins the parts of a line that there are.
func listed(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// stop takes the line off the screen.
func (m *meter) stop() {
	if m == nil {
		return
	}
	if m.timer == nil { // the session ended before it began to be drawn
		m.timer = m.loop.After(0, func() {})
	}
	m.timer.Stop()
	m.live.clear()
}

// human is a count of bytes for people, in powers of 1024.
func human(n float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for n >= 1024 && i < len(units)-1 {
		n /= 1024
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%.0f %s", n, units[i])
	}
	return fmt.Sprintf("%.1f %s", n, units[i])
}

// sumUp is the line of --stats, or the event.
func (t *Task) sumUp(job *Session, r netio.Result, took time.Duration) {
	rate := float64(r.Sent+r.Received) / max(took.Seconds(), 1e-9)
	mover := strings.Trim(strings.Join(r.Movers[:], "/"), "/")
	multiplexer := job.Mux
	if multiplexer == "auto" {
		multiplexer = mux.Names()[0]
	}
	text := fmt.Sprintf("sent %d, received %d bytes in %v, %s/s, by %s on %s", r.Sent, r.Received, took.Round(time.Microsecond),
		human(rate), mover, multiplexer)
	fields := []any{"sent", r.Sent, "received", r.Received, "seconds", took.Seconds(), "rate", rate, "mover", mover, "mux", multiplexer}
	if r.TCP.Known {
		text += fmt.Sprintf(", round trip %v, %d retransmits", r.TCP.RTT, r.TCP.Retransmits)
		fields = append(fields, "rtt", r.TCP.RTT.Seconds(), "retransmits", r.TCP.Retransmits)
	}
	t.lost("stderr", t.say(0, "%s", text))
	t.event("stats", fields...)
}
