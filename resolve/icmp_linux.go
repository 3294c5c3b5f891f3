package resolve

import (
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// reportICMP makes a datagram socket report every ICMP error, not only a port
// that is unreachable: a name server behind a dead link is given up at once.
func reportICMP(network, _ string, c syscall.RawConn) error {
	var err error
	controlErr := c.Control(func(fd uintptr) {
		switch {
		case network == "udp4":
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_RECVERR, 1)
		case strings.HasPrefix(network, "udp"):
			err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_RECVERR, 1)
		}
	})
	if controlErr != nil {
		return controlErr
	}
	return err
}
