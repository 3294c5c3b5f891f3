//go:build dragonfly || freebsd || netbsd || openbsd

package sock

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// fionwrite is the ioctl that counts the bytes in a socket's send buffer (sys/filio.h). x/sys/unix
// lacks it, and OpenBSD has none. TIOCOUTQ is for terminals here.
var fionwrite = map[string]uint{"freebsd": 0x40046677, "netbsd": 0x40046679}[runtime.GOOS]

// Unacknowledged returns how many bytes of a TCP socket the peer's system has not acknowledged.
// known is false where the system does not count them.
func Unacknowledged(fd int) (n int, known bool) {
	if fionwrite == 0 {
		return 0, false
	}
	n, err := unix.IoctlGetInt(fd, fionwrite)
	return n, err == nil
}
