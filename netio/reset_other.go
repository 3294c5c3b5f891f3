//go:build !linux

package netio

// disconnect makes the last close of a TCP socket a reset: only on Linux that can be done for all who hold it.
func disconnect(fd int) { Reset(fd) }
