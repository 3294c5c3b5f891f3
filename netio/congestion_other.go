//go:build !linux

package netio

import "net/netip"

// unpace and unpaceAll have nothing to do here: nobody's system paces the loopback unless told to.
func unpace(int) {}

func unpaceAll(int, netip.Addr) {}
