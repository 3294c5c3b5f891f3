//go:build !linux

package sock

import "golang.org/x/sys/unix"

// setMinTTL fails: these systems have no common option for it.
func setMinTTL(int, int, int) error { return unix.ENOTSUP }

// setKeepAlive fails: each of these systems sets the times in another way.
func setKeepAlive(int, int) error { return unix.ENOTSUP }

func bindToInterface(int, int, string) error { return unix.ENOTSUP }

func setMD5Key(int, int, string) error { return unix.ENOTSUP }
