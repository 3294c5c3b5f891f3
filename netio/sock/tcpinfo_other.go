//go:build !linux

package sock

import "time"

// TCPInfo is what the system knows of a TCP connection: nothing that is the same on all of these systems.
type TCPInfo struct {
	Known       bool
	RTT         time.Duration
	Retransmits int
}

func GetTCPInfo(int) TCPInfo { return TCPInfo{} }
