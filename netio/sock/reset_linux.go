package sock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Disconnect resets a TCP connection for all who hold its socket, where a close would only let go of ours: connect(2) to
// AF_UNSPEC, which tcp(7) does not name. Before Linux 6.7 it is refused (EBUSY) while somebody waits in a read; then the
// last close is the reset.
func Disconnect(fd int) {
	Reset(fd)
	nowhere := unix.RawSockaddr{Family: unix.AF_UNSPEC}
	syscall.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&nowhere)), unsafe.Sizeof(nowhere))
}
