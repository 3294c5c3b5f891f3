package resolve

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// connectRaw is connect(2) with an address as the kernel has it. On 386 and
// s390x connect goes through socketcall(2); there SYS_CONNECT exists as well
// on every kernel that Go supports.
func connectRaw(fd int, sa *unix.RawSockaddr) {
	_, _, _ = unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(sa)), unsafe.Sizeof(*sa))
}
