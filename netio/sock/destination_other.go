//go:build !linux

package sock

import "net/netip"

// Destination has nothing to read.
func Destination([]byte) (addr netip.Addr, known bool) { return addr, false }

// TellDestination is for systems whose control data can go back as it came.
func TellDestination(int) {}
