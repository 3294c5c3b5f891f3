//go:build !linux

package netio

import "time"

// TCPInfo is what the system knows of a TCP connection: nothing that is the same on all of these systems.
type TCPInfo struct {
	Known       bool
	RTT         time.Duration
	Retransmits int
}

func tcpInfo(int) TCPInfo { return TCPInfo{} }
