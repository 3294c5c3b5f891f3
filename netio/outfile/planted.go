package outfile

import (
	"errors"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// errPlanted is the error of a file that another user has put at the place where we write.
var errPlanted = errors.New("another user has put it there, in a directory that is open to everybody")

// openUnplanted opens a file by its name. In a sticky directory that everybody can write to, such
// as /tmp, it refuses another user's link, pipe or file. Linux has the same rule as
// fs.protected_symlinks, protected_fifos and protected_regular (proc_sys_fs(5)), but not every
// system has them on.
func openUnplanted(name string, flags int) (int, error) {
	owner, open := openToAll(name)
	if !open {
		return openRetried(name, flags)
	}
	for tries := 0; ; tries++ {
		exact, err := unplanted(name, owner, flags)
		if err != nil {
			return -1, err
		}
		fd, err := openRetried(name, exact)
		// A file has appeared, or disappeared, in the meantime.
		if exact == flags || tries == 100 || err != unix.EEXIST && err != unix.ENOENT && err != unix.ELOOP {
			return fd, err
		}
	}
}

// unplanted returns flags with which open(2) opens only the file that unplanted has checked, or
// creates one where there was none. In a sticky directory only the owner can replace a file, so our
// own link is safe to follow.
func unplanted(name string, dirOwner uint32, flags int) (exact int, err error) {
	var st unix.Stat_t
	err = unix.Lstat(name, &st)
	switch {
	case err == unix.ENOENT && flags&unix.O_CREAT != 0:
		return flags | unix.O_EXCL, nil
	case err != nil:
		return flags, err
	case int(st.Uid) != unix.Geteuid() && st.Uid != dirOwner:
		return flags, errPlanted
	case uint32(st.Mode)&unix.S_IFMT == unix.S_IFLNK:
		return flags, nil
	}
	return flags&^unix.O_CREAT | unix.O_NOFOLLOW, nil
}

// openToAll reports whether name's directory is sticky and open to everybody, and returns its
// owner.
func openToAll(name string) (owner uint32, open bool) {
	dir, _ := filepath.Split(name)
	if dir == "" {
		dir = "."
	}
	var st unix.Stat_t
	if unix.Stat(dir, &st) != nil {
		return 0, false
	}
	const sticky = unix.S_ISVTX | unix.S_IWOTH
	return st.Uid, uint32(st.Mode)&sticky == sticky
}

// openRetried opens a file, and tries again whenever a signal interrupts it.
func openRetried(name string, flags int) (int, error) {
	for {
		fd, err := unix.Open(name, flags|unix.O_CLOEXEC, 0o666)
		if err != unix.EINTR {
			return fd, err
		}
	}
}
