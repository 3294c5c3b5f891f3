package sock

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// TellDestination has the kernel say to which address each datagram came. Only one of the two fits the socket.
func TellDestination(fd int) {
	unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
	unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
}

// Destination is the address that a datagram was sent to, as its control data says.
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
