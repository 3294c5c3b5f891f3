//go:build !linux

package netio

import (
	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// packetBatch holds one datagram on its way back: these systems lack recvmmsg(2).
type packetBatch struct {
	buffer []byte
	data   []byte
	to     unix.Sockaddr // nil: nothing is held
}

func newPacketBatch(largest int, _ bool) *packetBatch {
	return &packetBatch{buffer: make([]byte, largest)}
}

func (b *packetBatch) receive(fd int) error {
	n, _, flags, from, err := unix.Recvmsg(fd, b.buffer, nil, unix.MSG_DONTWAIT)
	if err == nil && flags&unix.MSG_TRUNC != 0 {
		return nil // it did not fit
	}
	if err != nil {
		if sock.IsReport(err) {
			return nil
		}
		return err
	}
	b.data, b.to = b.buffer[:n], from
	return nil
}

func (b *packetBatch) send(fd int) (bytes int64, err error) {
	if b.to == nil {
		return 0, nil
	}
	err = unix.Sendto(fd, b.data, unix.MSG_DONTWAIT, b.to)
	switch {
	case err == unix.EAGAIN, sock.IsOwnFault(err):
		return 0, err
	case err == nil:
		bytes = int64(len(b.data))
	}
	b.to = nil
	return bytes, nil
}

// skip drops a datagram that cannot be sent.
func (b *packetBatch) skip() { b.to = nil }
