package netio

import "golang.org/x/sys/unix"

// setMinTTL drops packets that have passed more routers (RFC 5082).
func setMinTTL(fd, family, ttl int) error {
	if family == unix.AF_INET6 {
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MINHOPCOUNT, ttl)
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MINTTL, ttl)
}

// setKeepAlive is the time in seconds before the first probe and between two.
func setKeepAlive(fd, seconds int) error {
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, seconds); err != nil {
		return err
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, seconds)
}

func bindToInterface(fd, _ int, name string) error { return unix.BindToDevice(fd, name) }
