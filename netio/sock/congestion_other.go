//go:build !linux

package sock

import "net/netip"

// Unpace and unpaceAll do nothing: these systems do not pace the loopback by default.
func Unpace(int) {}

func unpaceAll(int, netip.Addr) {}
