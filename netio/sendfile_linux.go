package netio

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// sender is the direct mover from a regular file to a socket. It sends from the file's own offset,
// which other processes share. It stops when it reaches the end: a file that grows meanwhile is
// sent with the addition, and a file that shrinks ends early.
type sender struct{ direct }

// sendMost is the most bytes of one sendfile: what a socket's buffer grows to by itself (tcp_wmem).
const sendMost = 4 << 20

func (m *sender) name() string { return "sendfile" }

func (m *sender) push(dst *Conn, most int) (int, error) {
	n, err := sendfile(dst.FD(), m.src.FD(), min(most, sendMost))
	if err == unix.EAGAIN {
		dst.writeReady = false
		return 0, errAgain
	}
	return m.result(n, err, dst)
}

// sendfile is sendfile(2) from the file's own offset; see splice.
func sendfile(to, from, most int) (int, error) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_SENDFILE, uintptr(to), uintptr(from), 0, uintptr(most), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}
