package outfile

import (
	"errors"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// errPlanted is a file that another user has put where we were to write.
var errPlanted = errors.New("another user has put it there, in a directory that is open to everybody")

// openUnplanted opens a file by its name. In a sticky directory that everybody may write to, as /tmp is, it refuses a link, a
// pipe or a file of another user. That is the rule of Linux's fs.protected_symlinks, protected_fifos and protected_regular
// (proc_sys_fs(5)), which not every system has switched on.
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

// unplanted returns the flags with which open(2) opens just the file that it has looked at, or creates one where there was
// none. Nobody but its owner can exchange a file in a sticky directory, so our own link can be followed.
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

// openToAll says whether the directory of name is sticky and everybody may write to it, and whose it is.
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

// openRetried opens a file, however often a signal interrupts that.
func openRetried(name string, flags int) (int, error) {
	for {
		fd, err := unix.Open(name, flags|unix.O_CLOEXEC, 0o666)
		if err != unix.EINTR {
			return fd, err
		}
	}
}
