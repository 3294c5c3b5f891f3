package sock

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Disconnect resets a TCP connection for all holders of its socket; a close would release only our
// descriptor. It calls connect(2) with AF_UNSPEC, which tcp(7) does not mention. Before Linux 6.7
// the call fails with EBUSY while another process waits in a read. Then the last close is the
// reset.
func Disconnect(fd int) {
	Reset(fd)
	nowhere := unix.RawSockaddr{Family: unix.AF_UNSPEC}
	syscall.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&nowhere)), unsafe.Sizeof(nowhere))
}
