//go:build !linux

package sock

import "golang.org/x/sys/unix"

// setMinTTL has no option that these systems agree about.
func setMinTTL(int, int, int) error { return unix.ENOTSUP }

// setKeepAlive leaves the times to the system, which has its own ways of setting them.
func setKeepAlive(int, int) error { return unix.ENOTSUP }

func bindToInterface(int, int, string) error { return unix.ENOTSUP }

func setMD5Key(int, int, string) error { return unix.ENOTSUP }
