package netio

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"gnc/netio/outfile"
	"gnc/netio/sock"
)

// writes is the channel of our end of a socket pair. A command writes to the other end, and one
// read gives what one write has written.
type writes struct {
	loop *Loop
	rest []byte // the rest of a write that was longer than the read's buffer
}

// longestWrite bounds a command's write. The system's bound is usually smaller (net.core.wmem_max).
const longestWrite = 2 << 20

// read returns EINTR for an empty write, which is no end. The next read finds what follows.
func (w *writes) read(fd int, p []byte) (int, error) {
	if len(w.rest) > 0 {
		n := copy(p, w.rest)
		w.rest = w.rest[n:]
		return n, nil
	}
	if w.loop.overflow == nil {
		w.loop.overflow = make([]byte, longestWrite)
	}
	n, _, _, _, err := unix.RecvmsgBuffers(fd, [][]byte{p, w.loop.overflow}, nil, 0)
	switch {
	case err != nil:
		return 0, err
	case n == 0 && !isLastMessage(fd):
		return 0, unix.EINTR
	case n > len(p):
		w.rest = append([]byte(nil), w.loop.overflow[:n-len(p)]...)
		n = len(p)
	}
	return n, nil
}

// isLastMessage reports whether an empty message is the end of the data.
func isLastMessage(fd int) bool {
	more, err := sock.RawRecv(fd, make([]byte, 1), unix.MSG_PEEK)
	return more == 0 && err == nil
}

// Writes is Pipe for the output of a command whose every write is to be one datagram. A write that is too long for a message
// of the system fails in the command, with EMSGSIZE. Where the system has no such socket pairs it is a pipe, which joins
// writes.
func (l *Loop) Writes(name string) (ours *Conn, theirs *os.File, err error) {
	fds, err := sock.MessagePair()
	switch {
	case errors.Is(err, unix.EPROTONOSUPPORT), errors.Is(err, unix.EPROTOTYPE), errors.Is(err, unix.EOPNOTSUPP):
		return l.Pipe(name, true)
	case err != nil:
		return nil, nil, outfile.Failed("socketpair", name, err)
	}
	our, their := fds[0], fds[1]
	if err := unix.SetNonblock(our, true); err != nil {
		unix.Close(our)
		unix.Close(their)
		return nil, nil, outfile.Failed("socketpair", name, err)
	}
	unix.SetsockoptInt(their, unix.SOL_SOCKET, unix.SO_SNDBUF, longestWrite/2) // Linux doubles it
	c := &Conn{loop: l, fd: int32(our), local: true, reader: &writes{loop: l}, traits: &traits{pieces: piecesWritten}, label: named(name)}
	return c, os.NewFile(uintptr(their), name), nil
}
