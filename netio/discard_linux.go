package netio

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// discarder is the direct mover from a TCP connection to the null device. With MSG_TRUNC the kernel
// throws away what has arrived and returns its size (tcp(7)), so no byte is copied.
type discarder struct{ direct }

func (m *discarder) name() string { return "discard" }

func (m *discarder) push(dst *Conn, most int) (int, error) {
	n, err := m.skip(min(most, stepBudget))
	if err == unix.EAGAIN {
		m.src.readReady, m.claimed = false, false
		return 0, errAgain
	}
	return m.result(n, err, dst)
}

// skip calls recv(2) without a buffer.
func (m *discarder) skip(most int) (int, error) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(m.src.FD()), 0, uintptr(most),
		unix.MSG_TRUNC|unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
