package cmd

import (
	"golang.org/x/sys/unix"

	"gnc/mux"
)

// room has the listener take one more client, if there is a place for it: who comes later waits in the backlog, which is
// better than to be accepted and dropped. A client that has ended, and that nothing is to be sent to, makes way.
func (l *listening) room(short bool) bool {
	switch {
	case !l.job.KeepOpen:
		return !short
	case short, l.full():
		l.service.makeWay()
		return !short && !l.full()
	case l.crammed():
		l.loop.After(0, l.resume)
		return false
	}
	return true
}

// full reports whether as many clients are served as the rules, or the descriptors, allow.
func (l *listening) full() bool {
	most, each := l.service.places()
	return l.serving >= min(most, max(l.descriptors/max(each, 1), 1))
}

// crammed reports whether the descriptors of clients that have gone in this batch of the loop, and are closed at its
// end, stand in the way of another client.
func (l *listening) crammed() bool {
	_, each := l.service.places()
	return l.loop.Closing() > 0 && l.loop.Closing()+(l.serving+1)*each > l.descriptors
}

// resume has the listener ask for room again.
func (l *listening) resume() {
	if l.stopped || l.door == nil || l.packets != nil && l.full() {
		return
	}
	if err := l.door.Resume(); err != nil {
		l.stop(err)
	}
}

// descriptors is how many the process, and the multiplexer, can have beside those that the program itself needs. (Go has
// raised the soft limit already.)
func descriptors(multiplexer string) int {
	room := 1 << 20
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err == nil {
		room = int(min(uint64(limit.Cur), uint64(room)))
	}
	if most := mux.Limit(multiplexer); most > 0 {
		room = min(room, most)
	}
	return max(room-reserved, 0)
}
