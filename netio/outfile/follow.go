package outfile

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Place is what a file's name stands for, if that is no regular file.
type Place struct {
	FD   int    // the descriptor of ours that the name stands for, as /dev/stdout does; -1: none
	Into string // name of a pipe, a device or another process's descriptor, to write into; or ""
}

// mostLinks is how many symbolic links the system follows in one name.
const mostLinks = 40

// Follow finds what a name stands for. It does not read a link to a descriptor: such a link holds
// the name at the time of opening, and that file may have been removed or replaced. It does not
// follow a stranger's link either, so that no other user can choose where we write.
func Follow(name string) Place {
	for range mostLinks {
		if fd, ours, ok := descriptorNamed(name); ok && ours {
			return Place{FD: fd}
		} else if ok {
			return Place{FD: -1, Into: name}
		}
		var st unix.Stat_t
		if unix.Lstat(name, &st) != nil {
			break
		}
		switch uint32(st.Mode) & unix.S_IFMT {
		case unix.S_IFLNK:
		case unix.S_IFREG, unix.S_IFDIR:
			return Place{FD: -1}
		default:
			return Place{FD: -1, Into: name}
		}
		target, err := os.Readlink(name)
		if err != nil || !isOurs(name, st.Uid) {
			break
		}
		if !filepath.IsAbs(target) {
			dir, _ := filepath.Split(name)
			target = dir + target
		}
		name = target
	}
	return Place{FD: -1}
}

// isOurs reports whether a link is ours or the system's. A user namespace may hide who owns /dev's.
func isOurs(name string, owner uint32) bool {
	return owner == 0 || int(owner) == os.Geteuid() || filepath.Dir(name) == "/dev"
}

// descriptorNamed reports whether a name stands for a descriptor, and whether it is one of this
// process. It looks at the name only: some systems have no /proc, and where /proc is not mounted
// /dev/stdout still means stdout.
func descriptorNamed(name string) (fd int, ours, ok bool) {
	dir, base := filepath.Split(name)
	fd, err := strconv.Atoi(base)
	if err != nil || strconv.Itoa(fd) != base || fd < 0 {
		return -1, false, false
	}
	dir = filepath.Clean(dir)
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if whole, err := filepath.Abs(dir); err == nil {
		dir = whole
	}
	if dir == "/dev/fd" {
		return fd, true, true
	}
	for _, pattern := range []string{"/proc/*/fd", "/proc/*/task/*/fd"} {
		if ok, _ := filepath.Match(pattern, dir); ok {
			return fd, isSelf(strings.Split(dir, "/")[2]), true
		}
	}
	return -1, false, false
}

// isSelf reports whether a name in /proc is this process, whose number there may be another.
func isSelf(process string) bool {
	self, err := os.Readlink("/proc/self")
	if err != nil {
		self = strconv.Itoa(os.Getpid())
	}
	return process == "self" || process == "thread-self" || process == self
}

// OpenToWrite opens a file for writing, with the flags of open(2). If the name stands for a
// descriptor of ours that is a regular file, the result shares that descriptor. A second opening
// would have its own position, so one writer would overwrite the other. Emptying the file would
// remove what others wrote. OpenToWrite can block: a named pipe opens once it has a reader.
func OpenToWrite(name string, flags int) (fd int, shared bool, err error) {
	if at := Follow(name); at.FD >= 0 {
		var st unix.Stat_t
		if unix.Fstat(at.FD, &st) == nil && uint32(st.Mode)&unix.S_IFMT == unix.S_IFREG {
			fd, err = shareToWrite(at.FD)
			return fd, true, err
		}
	}
	fd, err = openUnplanted(name, unix.O_WRONLY|flags)
	return fd, false, err
}

// shareToWrite duplicates a descriptor if it is open for writing.
func shareToWrite(fd int) (int, error) {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err == nil && flags&unix.O_ACCMODE == unix.O_RDONLY {
		err = unix.EBADF
	}
	if err != nil {
		return -1, err
	}
	return unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
}
