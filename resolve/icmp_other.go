//go:build !linux

package resolve

import "syscall"

// reportICMP has nothing to set: connected datagram sockets report what the
// system lets them.
func reportICMP(_, _ string, _ syscall.RawConn) error { return nil }
