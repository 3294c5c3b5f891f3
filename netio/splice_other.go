//go:build !linux

package netio

import "net/netip"

// zeroCopy has nothing here: splice(2) is Linux's, and sendfile(2) differs from system to system.
func zeroCopy(*Conn, *Conn, *pool) mover { return nil }

// unpace and unpaceAll have nothing to do here: nobody's system paces the loopback unless told to.
func unpace(*Conn) {}

func unpaceAll(int, netip.Addr) {}
