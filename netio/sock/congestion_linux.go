package sock

import (
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"
)

// Unpace lets a connection within this machine send as fast as its peer reads. BBR congestion
// control would send by a clock, at the rate that it estimates for the wire. Without a wire that
// costs a quarter of the rate and of the processor time. Unpace replaces BBR with Reno, which has
// no such clock. Every Linux has Reno and allows everybody to choose it.
func Unpace(fd int) {
	if withinMachine(LocalAddr(fd).Addr(), RemoteAddr(fd).Addr()) {
		takeReno(fd)
	}
}

// unpaceAll does the same for all connections that a listener accepts at addr.
func unpaceAll(fd int, addr netip.Addr) {
	if addr.IsLoopback() {
		takeReno(fd)
	}
}

// takeReno replaces BBR with Reno. If the system refuses, the connection stays paced, which is
// slow.
func takeReno(fd int) {
	if name, err := congestionControl(fd); err == nil && strings.HasPrefix(name, "bbr") {
		unix.SetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION, "reno")
	}
}

// congestionControl returns the name of the socket's algorithm (tcp(7), TCP_CONGESTION).
func congestionControl(fd int) (string, error) {
	return unix.GetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
}

// withinMachine reports whether data from one address to the other crosses no wire.
func withinMachine(local, remote netip.Addr) bool {
	return remote.IsValid() && (remote.IsLoopback() || remote == local)
}
