package sock

import (
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"
)

// Unpace has a connection within this machine send as fast as the other end takes. Where the system's congestion control
// is BBR, it would send by a clock, at the rate that BBR takes for that of the wire; without a wire that costs a quarter of
// the rate and of the processors' time. Reno, which every Linux has and lets everybody choose, has no such clock.
func Unpace(fd int) {
	if withinMachine(LocalAddr(fd).Addr(), RemoteAddr(fd).Addr()) {
		takeReno(fd)
	}
}

// unpaceAll does the same for all connections that a socket will accept at addr.
func unpaceAll(fd int, addr netip.Addr) {
	if addr.IsLoopback() {
		takeReno(fd)
	}
}

// takeReno changes from BBR, if the system lets it: else all is paced, which is slow, but no failure.
func takeReno(fd int) {
	if name, err := congestionControl(fd); err == nil && strings.HasPrefix(name, "bbr") {
		unix.SetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION, "reno")
	}
}

// congestionControl is the name of what the socket has (tcp(7), TCP_CONGESTION).
func congestionControl(fd int) (string, error) {
	return unix.GetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
}

// withinMachine says whether what one address sends to another goes over no wire.
func withinMachine(local, remote netip.Addr) bool {
	return remote.IsValid() && (remote.IsLoopback() || remote == local)
}
