package netio

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// packetBatch holds up to batchSize datagrams on their way back. One recvmmsg(2) takes all that
// wait, and one sendmmsg(2) returns them. The kernel's address and control data go back unchanged.
// So the answer leaves from the address that the client asked, even on a wildcard socket. From a
// Unix socket no control data is taken. It can be descriptors, and without room for them they never
// become ours.
type packetBatch struct {
	headers  [batchSize]mmsghdr
	names    [batchSize]unix.RawSockaddrAny
	controls [batchSize][controlSize]byte
	vectors  [batchSize]unix.Iovec
	buffers  [batchSize][]byte
	sent     int // how many of the filled ones
	filled   int
	isUnix   bool
}

const (
	batchSize   = 32
	controlSize = 128 // an in6_pktinfo and an in_pktinfo: an IPv4 peer of an IPv6 socket has both
)

// mmsghdr is struct mmsghdr of recvmmsg(2).
type mmsghdr struct {
	unix.Msghdr
	length uint32
}

func newPacketBatch(largest int, isUnix bool) *packetBatch {
	b := &packetBatch{isUnix: isUnix}
	for i := range b.headers {
		b.buffers[i] = make([]byte, largest)
		b.vectors[i].Base = &b.buffers[i][0]
		b.headers[i].Name = (*byte)(unsafe.Pointer(&b.names[i]))
		b.headers[i].Iov = &b.vectors[i]
		b.headers[i].Iovlen = 1
		if !isUnix {
			b.headers[i].Control = &b.controls[i][0]
		}
	}
	return b
}

// receive takes the waiting datagrams. Everything before them must have been sent.
func (b *packetBatch) receive(fd int) error {
	b.sent, b.filled = 0, 0
	for i := range b.headers {
		b.headers[i].Namelen = unix.SizeofSockaddrAny
		if !b.isUnix {
			b.headers[i].SetControllen(controlSize)
		}
		b.vectors[i].SetLen(len(b.buffers[i]))
	}
	n, _, errno := syscall.RawSyscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.headers[0])), batchSize,
		unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		if sock.IsReport(errno) {
			return nil
		}
		return errno
	}
	b.filled = int(n)
	for i := range b.headers[:n] {
		b.vectors[i].SetLen(int(b.headers[i].length))
	}
	return nil
}

// send returns the received datagrams to their senders, and counts the bytes sent. It drops a
// datagram that cannot be sent or that did not fit.
func (b *packetBatch) send(fd int) (bytes int64, err error) {
	for b.sent < b.filled {
		whole := b.whole()
		if whole == 0 {
			b.sent++
			continue
		}
		n, _, errno := syscall.RawSyscall6(unix.SYS_SENDMMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.headers[b.sent])),
			uintptr(whole), unix.MSG_DONTWAIT, 0, 0)
		switch {
		case errno == 0:
			for i := range b.headers[b.sent : b.sent+int(n)] {
				bytes += int64(b.headers[b.sent+i].length)
			}
			b.sent += int(n)
		case errno == unix.EINTR:
		case errno == unix.EAGAIN, sock.IsOwnFault(errno):
			return bytes, errno
		default:
			b.sent++
		}
	}
	return bytes, nil
}

// whole counts the next datagrams to send that were not cut.
func (b *packetBatch) whole() int {
	n := 0
	for b.sent+n < b.filled && b.headers[b.sent+n].Flags&unix.MSG_TRUNC == 0 {
		n++
	}
	return n
}

// skip drops a datagram that cannot be sent.
func (b *packetBatch) skip() { b.sent++ }
