package resolve

import (
	"context"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// dialServer connects to a name server. The socket is an os.File, for which Go's runtime waits.
// Package net would do the same, but to link it costs a twentieth of a short run.
func dialServer(ctx context.Context, network string, server netip.AddrPort) (Conn, error) {
	family, kind := unix.AF_INET6, unix.SOCK_STREAM
	if server.Addr().Is4() {
		family = unix.AF_INET
	}
	if network == "udp" {
		kind = unix.SOCK_DGRAM
	}
	fd, err := unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	if kind == unix.SOCK_DGRAM {
		err = reportICMP(fd, family)
	}
	if err == nil {
		err = unix.Connect(fd, sockaddr(server))
	}
	if short := CheckPoller(); short != nil {
		unix.Close(fd)
		return nil, short
	}
	f := os.NewFile(uintptr(fd), server.String())
	if err == unix.EINPROGRESS || err == unix.EINTR {
		err = connected(ctx, f)
	}
	if err != nil {
		f.Close()
		return nil, os.NewSyscallError("connect", err)
	}
	return f, nil
}

// connected waits until a connect(2) under way has been decided, or ctx ends.
func connected(ctx context.Context, f *os.File) error {
	stop := context.AfterFunc(ctx, func() { f.SetWriteDeadline(longAgo) })
	defer stop()
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var decided error
	err = raw.Write(func(fd uintptr) bool {
		code, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		switch {
		case err != nil:
			decided = err
		case code != 0:
			decided = unix.Errno(code)
		default:
			_, err := unix.Getpeername(int(fd))
			return err == nil // else it is not writable yet
		}
		return true
	})
	if err == nil {
		err = decided
	}
	return err
}

// reportICMP makes a datagram socket report every ICMP error, not only an unreachable port, so that
// a name server behind a dead link is given up at once.
func reportICMP(fd, family int) error {
	if family == unix.AF_INET {
		return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_RECVERR, 1)
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVERR, 1)
}
