//go:build !linux

package sock

import "time"

// TCPInfo is never known here: these systems have nothing in common to read.
type TCPInfo struct {
	Known       bool
	RTT         time.Duration
	Retransmits int
}

func GetTCPInfo(int) TCPInfo { return TCPInfo{} }
