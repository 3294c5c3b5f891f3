//go:build !linux

package sock

import "net/netip"

// Destination finds nothing to read here.
func Destination([]byte) (addr netip.Addr, known bool) { return addr, false }

// TellDestination does nothing here: only Linux lets control data go back as it came.
func TellDestination(int) {}
