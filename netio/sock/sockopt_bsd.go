//go:build dragonfly || freebsd || netbsd || openbsd

package sock

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// fionwrite is the ioctl that counts a socket's send buffer where there is one (sys/filio.h), which x/sys/unix lacks.
// TIOCOUTQ is for terminals here.
var fionwrite = map[string]uint{"freebsd": 0x40046677, "netbsd": 0x40046679}[runtime.GOOS]

// Unacknowledged is how many bytes a TCP socket has been given that the peer's system has not confirmed, where the system
// tells.
func Unacknowledged(fd int) (n int, known bool) {
	if fionwrite == 0 {
		return 0, false
	}
	n, err := unix.IoctlGetInt(fd, fionwrite)
	return n, err == nil
}
