//go:build !linux

package sock

import "net/netip"

// Unpace and unpaceAll have nothing to do here: nobody's system paces the loopback unless told to.
func Unpace(int) {}

func unpaceAll(int, netip.Addr) {}
