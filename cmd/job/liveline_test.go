package job

import (
	"strings"
	"testing"
	"time"
)

// TestLiveLineFits draws on a screen that changes its width between two drawings: nothing is ever
// wider than the screen, and what the last line has left is covered.
func TestLiveLineFits(t *testing.T) {
	begin := time.Unix(1000, 0)
	m := &meter{begin: begin, lastAt: begin, size: 5 << 30}
	for _, texts := range [][]string{m.lines(2<<30, 0, begin.Add(time.Minute)), m.lines(123456, 1<<40, begin.Add(time.Hour)),
		{"waiting 3s for tcp host.test:80 (connection refused), unix /tmp/\u540d\u524d\u540d\u524d"}, {""}} {
		for first := range 100 {
			for _, second := range []int{0, 1, 2, 5, 9, 10, 20, 40, 80, 200} {
				var screen strings.Builder
				columns := first
				l := &liveLine{w: &screen, screen: func() (int, bool) { return columns, true }}
				for _, columns = range []int{first, second, first} {
					screen.Reset()
					l.draw(texts...)
					shown := strings.TrimPrefix(screen.String(), "\r")
					if width(shown) > max(columns-1, 0) {
						t.Fatalf("%q is drawn on %d columns, after %d", shown, columns, first)
					}
				}
				screen.Reset()
				l.clear()
				if shown := strings.Trim(screen.String(), "\r"); strings.TrimSpace(shown) != "" || width(shown) > max(columns-1, 0) {
					t.Fatalf("%q clears a line of %d columns", shown, columns)
				}
			}
		}
	}
}

// TestMeterLines: what matters most is drawn last.
func TestMeterLines(t *testing.T) {
	begin := time.Unix(1000, 0)
	m := &meter{begin: begin, lastAt: begin, size: 4 << 30}
	at := begin.Add(time.Minute)
	for columns, want := range map[int]string{
		81: "sent 2.0 GiB, 34.1 MiB/s now, 34.1 MiB/s on average, 50%, 1m0s left",
		60: "sent 2.0 GiB, 34.1 MiB/s now, 50%, 1m0s left",
		40: "sent 2.0 GiB, 50%, 1m0s left",
		26: "2.0 GiB, 50%, 1m0s left",
		20: "2.0 GiB, 50%",
		10: "50%",
		3:  "50",
		1:  "",
	} {
		var screen strings.Builder
		l := &liveLine{w: &screen, screen: func() (int, bool) { return columns, true }}
		l.draw(m.lines(2<<30, 0, at)...)
		if got := strings.TrimPrefix(screen.String(), "\r"); got != want {
			t.Errorf("%d columns: %q, want %q", columns, got, want)
		}
	}
	m.size = 0
	l := &liveLine{w: new(strings.Builder), screen: func() (int, bool) { return 0, false }}
	l.draw(m.lines(2<<30, 1, at)...)
	if l.drawn != len("sent 2.0 GiB, received 1 B, 34.1 MiB/s now, 34.1 MiB/s on average") {
		t.Errorf("%d columns are drawn on what is no terminal", l.drawn)
	}
}
