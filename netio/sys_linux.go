package netio

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls of the hot path. On a descriptor that does not block they return at once, so they go to the kernel without
// a word to Go's scheduler (RawSyscall), which saves about a tenth of the CPU of a small exchange.

func rawRead(fd int, p []byte) (int, error) {
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// rawSend writes to a socket; flags beside MSG_NOSIGNAL.
func rawSend(fd int, p []byte, flags int) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
		uintptr(flags|unix.MSG_NOSIGNAL), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// rawRecv reads from a socket.
func rawRecv(fd int, p []byte, flags int) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
		uintptr(flags), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// newSocket is socket(2), non-blocking and not for children.
func newSocket(family, kind int) (int, error) {
	return unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
}

// accept takes one connection from a listening socket, non-blocking and not for children.
func accept(fd int) (int, unix.Sockaddr, error) {
	return unix.Accept4(fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
}

// pipeBuf is PIPE_BUF: a pipe that is writable takes this many bytes without blocking.
const pipeBuf = 4096

// errNoNet is the error of accept(2) that only Linux has.
const errNoNet = unix.ENONET
