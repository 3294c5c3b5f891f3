package netio

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestPauseOutlastsRate sends lines with a pause after each, at a rate that would allow the next
// line sooner.
func TestPauseOutlastsRate(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		conn, peer := pair(t, l)
		defer unix.Close(peer)
		in, out, toIn, fromOut := pipes(t, l)
		defer unix.Close(fromOut)
		_, err := unix.Write(toIn, []byte("one\ntwo\n"))
		must(t, err)
		unix.Close(toIn)
		s := NewSession(l, conn, in, out, SessionOptions{LinePause: time.Hour, Rate: 100}, func(Result) { l.Stop() })
		s.run()
		limit := s.send.gate.limit
		if sent, _ := s.Moved(); sent != 4 || limit.open() || time.Until(limit.until) < time.Minute {
			t.Errorf("%d bytes sent; the next line waits for %v", sent, time.Until(limit.until))
		}
		s.Abort(nil)
		runLoop(t, l)
	})
}
