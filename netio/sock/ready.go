package sock

import "golang.org/x/sys/unix"

// Unread is how many bytes wait in a socket, or in a pipe for its reader.
func Unread(fd int) int {
	n, _ := unix.IoctlGetInt(fd, Fionread)
	return n
}

// Writable asks the system, because who splices may not know which of two ends has kept it waiting.
func Writable(fd int) bool { return PollNow(fd, unix.POLLOUT) }

func PollNow(fd int, events int16) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: events}}
	n, err := unix.Poll(fds, 0)
	return err != nil || n > 0
}
