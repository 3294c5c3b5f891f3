package netio

import "golang.org/x/sys/unix"

// unread is how many bytes wait in a socket, or in a pipe for its reader.
func unread(fd int) int {
	n, _ := unix.IoctlGetInt(fd, fionread)
	return n
}

// writable asks the system, because who splices may not know which of two ends has kept it waiting.
func writable(fd int) bool { return pollNow(fd, unix.POLLOUT) }

func pollNow(fd int, events int16) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: events}}
	n, err := unix.Poll(fds, 0)
	return err != nil || n > 0
}
