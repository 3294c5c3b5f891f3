package sock

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// OpenAgain opens the file behind fd again, with a new file description. Linux's /proc/self/fd does
// that; BSD's /dev/fd only duplicates. Opening a pipe without a reader for writing fails with
// ENXIO. Then the first write on the inherited descriptor gives the reason.
func OpenAgain(fd, mode int) (int, error) {
	return unix.Open("/proc/self/fd/"+strconv.Itoa(fd), mode|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
}

// IsMemory reports whether a character device is one of mem(4): null, zero, full or random.
func IsMemory(st *unix.Stat_t) bool { return unix.Major(uint64(st.Rdev)) == 1 }

// IsNull reports whether a character device is the null device.
func IsNull(st *unix.Stat_t) bool { return IsMemory(st) && unix.Minor(uint64(st.Rdev)) == 3 }

func Dup2(from, to int) error { return unix.Dup3(from, to, 0) }
