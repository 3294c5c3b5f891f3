package sock

import (
	"time"

	"golang.org/x/sys/unix"
)

// TCPInfo is what the system knows about a TCP connection (TCP_INFO, tcp(7)).
type TCPInfo struct {
	Known       bool
	RTT         time.Duration // smoothed round-trip time
	Retransmits int           // segments sent again
}

func GetTCPInfo(fd int) TCPInfo {
	i, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return TCPInfo{}
	}
	return TCPInfo{Known: true, RTT: time.Duration(i.Rtt) * time.Microsecond, Retransmits: int(i.Total_retrans)}
}
