//go:build !linux

package sock

// Disconnect makes the last close of a TCP socket a reset. Only Linux can reset it at once.
func Disconnect(fd int) { Reset(fd) }
