package job

import (
	"golang.org/x/sys/unix"

	"gnc/mux"
)

// raiseLimit makes room for as many connections as the system allows this process.
func (e *echoing) raiseLimit() {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return
	}
	limit.Cur = limit.Max
	unix.Setrlimit(unix.RLIMIT_NOFILE, &limit) // best effort: the old limit serves as well
	if room := descriptors(e.job.Mux); room > 0 {
		e.say(1, "room for %d connections", room)
	}
}

// reserved is how many descriptors the program itself may need.
const reserved = 16

// maxConns is how many connections all servers may have at a time; 0 is no bound. Select(2) can
// wait for no descriptor beyond its limit, so that there is one where it serves: what the servers
// themselves have is open by now, and the port file, the log and the like are still to come.
func (e *echoing) maxConns() int {
	asked := e.job.Options.MaxConns
	limit := mux.Limit(e.job.Mux)
	if limit == 0 {
		return asked
	}
	room := max(limit-lowestFree()-reserved, len(e.servers))
	if asked == 0 {
		return room
	}
	return min(asked, room)
}

// share is what the i-th of so many has of all; together they have neither more nor less. Nothing
// stays nothing: no bound.
func share(all, among, i int) int {
	part := all / among
	if i < all%among {
		part++
	}
	return part
}

// lowestFree is the descriptor that the next one opened will be.
func lowestFree() int {
	fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return reserved
	}
	unix.Close(fd)
	return fd
}
