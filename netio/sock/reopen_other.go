//go:build !linux

package sock

import "golang.org/x/sys/unix"

// OpenAgain fails: /dev/fd gives a duplicate that shares its flags with the original.
func OpenAgain(int, int) (int, error) { return -1, unix.ENOTSUP }

// IsMemory reports whether a character device is /dev/null.
func IsMemory(st *unix.Stat_t) bool {
	var null unix.Stat_t
	return unix.Stat("/dev/null", &null) == nil && st.Rdev == null.Rdev
}

func IsNull(st *unix.Stat_t) bool { return IsMemory(st) }

func Dup2(from, to int) error { return unix.Dup2(from, to) }
