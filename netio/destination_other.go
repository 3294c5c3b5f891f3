//go:build !linux

package netio

import "net/netip"

// destination has nothing to read.
func destination([]byte) (addr netip.Addr, known bool) { return addr, false }

// tellDestination is for systems whose control data can go back as it came.
func tellDestination(int) {}
