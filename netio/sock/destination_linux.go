package sock

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// TellDestination asks the kernel for the destination address of each datagram. Only one of the two
// options fits the socket.
func TellDestination(fd int) {
	unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
	unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
}

// Destination reads the address that a datagram was sent to from its control data.
func Destination(control []byte) (addr netip.Addr, known bool) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return addr, false
	}
	for _, m := range messages {
		switch {
		case m.Header.Level == unix.IPPROTO_IP && m.Header.Type == unix.IP_PKTINFO && len(m.Data) >= unix.SizeofInet4Pktinfo:
			return netip.AddrFrom4([4]byte(m.Data[4:8])), true // ipi_spec_dst
		case m.Header.Level == unix.IPPROTO_IPV6 && m.Header.Type == unix.IPV6_PKTINFO && len(m.Data) >= unix.SizeofInet6Pktinfo:
			return netip.AddrFrom16([16]byte(m.Data[:16])).Unmap(), true
		}
	}
	return addr, false
}
