package sock

import (
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// RawRead, RawSend and RawRecv are the calls of the hot path. On a non-blocking descriptor they
// return at once, so they need not tell Go's scheduler (RawSyscall). That saves about a tenth of
// the CPU time of a small exchange.

func RawRead(fd int, p []byte) (int, error) {
	n, _, errno := syscall.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// RawSend writes to a socket. It adds MSG_NOSIGNAL to flags.
func RawSend(fd int, p []byte, flags int) (int, error) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
		uintptr(flags|unix.MSG_NOSIGNAL), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// RawRecv reads from a socket.
func RawRecv(fd int, p []byte, flags int) (int, error) {
	n, _, errno := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
		uintptr(flags), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// New makes a non-blocking socket that children do not inherit (socket(2)).
func New(family, kind int) (int, error) {
	return unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
}

// Accept takes a connection. Its socket is non-blocking, and children do not inherit it.
func Accept(fd int) (int, netip.AddrPort, error) {
	var from unix.RawSockaddrAny
	size := uint32(unix.SizeofSockaddrAny)
	n, _, errno := syscall.RawSyscall6(unix.SYS_ACCEPT4, uintptr(fd), uintptr(unsafe.Pointer(&from)),
		uintptr(unsafe.Pointer(&size)), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if errno != 0 {
		return -1, netip.AddrPort{}, errno
	}
	return int(n), rawAddrPort(int(n), &from), nil
}

// rawAddrPort is AddrPort for an address in the kernel's form. It does not allocate.
func rawAddrPort(fd int, from *unix.RawSockaddrAny) netip.AddrPort {
	switch from.Addr.Family {
	case unix.AF_INET:
		sa := (*unix.RawSockaddrInet4)(unsafe.Pointer(from))
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), ntohs(sa.Port))
	case unix.AF_INET6:
		sa := (*unix.RawSockaddrInet6)(unsafe.Pointer(from))
		ip := netip.AddrFrom16(sa.Addr).Unmap()
		if ip.Is6() {
			ip = withZoneIndex(fd, ip, sa.Scope_id)
		}
		return netip.AddrPortFrom(ip, ntohs(sa.Port))
	}
	return netip.AddrPort{}
}

// ntohs reads a port, whose two bytes are in network order on every machine.
func ntohs(port uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&port))
	return uint16(b[0])<<8 | uint16(b[1])
}

// interfaceIndex is if_nametoindex(3).
func interfaceIndex(name string) (uint32, error) {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return 0, unix.ENODEV // too long for a name
	}
	fd, err := New(unix.AF_UNIX, unix.SOCK_DGRAM)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, request); err != nil {
		return 0, unix.ENODEV
	}
	return request.Uint32(), nil
}

// interfaceName is if_indextoname(3). fd is any socket: no descriptor may be left for a new one.
func interfaceName(fd int, index uint32) (string, error) {
	request, err := unix.NewIfreq("")
	if err != nil {
		return "", err
	}
	request.SetUint32(index) // ifr_ifindex
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFNAME, request); err != nil {
		return "", unix.ENODEV
	}
	return request.Name(), nil
}

// PipeBuf is PIPE_BUF: a writable pipe takes this many bytes without blocking.
const PipeBuf = 4096

// errNoNet is an error of accept(2) that only Linux has.
const errNoNet = unix.ENONET

// Fionread is the ioctl that counts the bytes that wait to be read.
const Fionread = unix.TIOCINQ
