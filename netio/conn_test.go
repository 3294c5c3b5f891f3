package netio

import (
	"path"
	"testing"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

// told counts the calls that a connection makes to its owner.
type told struct{ runs, hangUps int }

func (t *told) run()         { t.runs++ }
func (t *told) hangUp(*Conn) { t.hangUps++ }

// TestReportOfWithdrawnInterestIsNoHangUp gives a Conn a report that is older than its interest:
// another handler of the same wait has withdrawn the interest. The Conn must not take the report
// for a hang-up. /dev/null showed the fault, because every wait reports it.
func TestReportOfWithdrawnInterestIsNoHangUp(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		must(t, err)
		owner := &told{}
		c := &Conn{loop: l, fd: int32(fds[0]), reader: socket{}, writer: socket{}, owner: owner, label: named("pair")}
		defer c.Close()
		must(t, c.watch(mux.Writable))
		must(t, c.watch(0))
		c.Ready(mux.Writable)
		if owner.hangUps != 0 || owner.runs != 1 || !c.writeReady {
			t.Errorf("%d hang-ups, %d runs, ready: %v", owner.hangUps, owner.runs, c.writeReady)
		}
		must(t, unix.Close(fds[1]))
		l.After(0, l.Stop)
		runLoop(t, l)
		if name := path.Base(t.Name()); owner.hangUps == 0 && (name == "epoll" || name == "poll") {
			t.Error("the real hang-up is not told")
		}
	})
}
