package sock

import "golang.org/x/sys/unix"

// setMinTTL drops packets that passed more routers (RFC 5082).
func setMinTTL(fd, family, ttl int) error {
	if family == unix.AF_INET6 {
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MINHOPCOUNT, ttl)
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MINTTL, ttl)
}

// keepAliveProbes is how many unanswered probes end a connection.
const keepAliveProbes = 3

// setKeepAlive sets the time before the first probe and between two probes, in seconds.
func setKeepAlive(fd, seconds int) error {
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, seconds); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPCNT, keepAliveProbes); err != nil {
		return err
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, seconds)
}

func bindToInterface(fd, _ int, name string) error { return unix.BindToDevice(fd, name) }

// setMD5Key sets one key for every peer. An IPv4 peer of an IPv6 socket needs an entry of its own.
func setMD5Key(fd, family int, key string) error {
	if len(key) > unix.TCP_MD5SIG_MAXKEYLEN {
		return unix.EINVAL
	}
	any := func(family uint16, addr []byte) error {
		s := unix.TCPMD5Sig{Addr: unix.SockaddrStorage{Family: family}, Flags: unix.TCP_MD5SIG_FLAG_PREFIX, Keylen: uint16(len(key))}
		copy(s.Addr.Data[6:], addr) // behind sin6_port and sin6_flowinfo
		copy(s.Key[:], key)
		return unix.SetsockoptTCPMD5Sig(fd, unix.IPPROTO_TCP, unix.TCP_MD5SIG_EXT, &s)
	}
	if family == unix.AF_INET {
		return any(unix.AF_INET, nil)
	}
	if err := any(unix.AF_INET6, nil); err != nil {
		return err
	}
	if only, err := unix.GetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY); err != nil || only == 1 {
		return err
	}
	return any(unix.AF_INET6, []byte{10: 0xff, 11: 0xff, 15: 0})
}
