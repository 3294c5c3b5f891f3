//go:build !linux

package sock

import (
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

func RawRead(fd int, p []byte) (int, error) { return unix.Read(fd, p) }

// RawSend writes to a socket. Where there is no MSG_NOSIGNAL, Go's runtime discards SIGPIPE.
func RawSend(fd int, p []byte, flags int) (int, error) {
	return unix.SendmsgN(fd, p, nil, nil, flags)
}

func RawRecv(fd int, p []byte, flags int) (int, error) {
	n, _, err := unix.Recvfrom(fd, p, flags)
	return n, err
}

// interfaceIndex is if_nametoindex(3).
func interfaceIndex(name string) (uint32, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return 0, unix.ENODEV
	}
	return uint32(i.Index), nil
}

// interfaceName is if_indextoname(3).
func interfaceName(_ int, index uint32) (string, error) {
	i, err := net.InterfaceByIndex(int(index))
	if err != nil {
		return "", unix.ENODEV
	}
	return i.Name, nil
}

// New makes a non-blocking socket that children do not inherit (socket(2)).
func New(family, kind int) (int, error) {
	syscall.ForkLock.RLock()
	fd, err := unix.Socket(family, kind, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// Accept takes a connection. Its socket is non-blocking, and children do not inherit it.
func Accept(fd int) (int, netip.AddrPort, error) {
	syscall.ForkLock.RLock()
	nfd, from, err := unix.Accept(fd)
	if err == nil {
		unix.CloseOnExec(nfd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return -1, netip.AddrPort{}, err
	}
	if err := unix.SetNonblock(nfd, true); err != nil {
		unix.Close(nfd)
		return -1, netip.AddrPort{}, err
	}
	return nfd, AddrPort(nfd, from), nil
}

// PipeBuf is POSIX's smallest PIPE_BUF: a writable pipe takes this many bytes without blocking.
const PipeBuf = 512

// errNoNet stands for Linux's ENONET, which other systems lack.
const errNoNet = unix.ENETDOWN

// Fionread is the ioctl that counts the bytes that wait to be read.
const Fionread = 0x4004667f // FIONREAD of all the BSDs, which x/sys/unix lacks
