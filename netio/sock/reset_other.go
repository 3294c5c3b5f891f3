//go:build !linux

package sock

// Disconnect makes the last close of a TCP socket a reset: only on Linux that can be done for all who hold it.
func Disconnect(fd int) { Reset(fd) }
