package sock

import "golang.org/x/sys/unix"

// Unread returns how many bytes wait in a socket, or in a pipe for its reader.
func Unread(fd int) int {
	n, _ := unix.IoctlGetInt(fd, Fionread)
	return n
}

// Writable asks the system: a splice that has to wait may not know which of its ends is the cause.
func Writable(fd int) bool { return PollNow(fd, unix.POLLOUT) }

// PollNow reports whether one of the events holds now. It also reports true if poll(2) fails.
func PollNow(fd int, events int16) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: events}}
	n, err := unix.Poll(fds, 0)
	return err != nil || n > 0
}

// Error takes the pending error of a socket (SO_ERROR), if any.
func Error(fd int) error {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return err
	}
	if n != 0 {
		return unix.Errno(n)
	}
	return nil
}
