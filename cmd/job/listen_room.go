package job

import (
	"golang.org/x/sys/unix"

	"gnc/mux"
)

// full reports whether no client can be served now beside those that are there: for the rules, or for want of
// descriptors. Who comes then waits in the backlog, which is better than to be accepted and dropped. The descriptors of
// clients that have gone in this batch of the loop are closed at its end.
func (l *listening) full() bool {
	if !l.job.KeepOpen {
		return false
	}
	most, each := l.service.places()
	if l.serving >= min(most, max(l.descriptors/max(each, 1), 1)) {
		return true
	}
	crammed := l.loop.Closing() > 0 && l.loop.Closing()+(l.serving+1)*each > l.descriptors
	if crammed {
		l.loop.After(0, l.resume)
	}
	return crammed
}

// resume has the listener ask for room again.
func (l *listening) resume() {
	if l.stopped || l.door == nil {
		return
	}
	if err := l.door.Resume(); err != nil {
		l.stop(err)
	}
}

// descriptors is how many the process, and the multiplexer, can have beside those that the program itself needs. (Go has
// raised the soft limit already.)
func descriptors(multiplexer string) int {
	room := 1 << 30 // FreeBSD's limit is signed
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err == nil {
		room = int(min(uint64(limit.Cur), uint64(room)))
	}
	if most := mux.Limit(multiplexer); most > 0 {
		room = min(room, most)
	}
	return max(room-reserved, 0)
}
