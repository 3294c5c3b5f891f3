package outfile

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Place is what the name of a file stands for, where that is no regular file.
type Place struct {
	FD   int    // the descriptor of this process that the name stands for, as /dev/stdout does, or -1
	Into string // the name of a pipe, a device or another process's descriptor, which is written into; or ""
}

// mostLinks is how many symbolic links the system follows.
const mostLinks = 40

// Follow finds what a name stands for. It does not read a link to a descriptor: that says the name that the file had when it
// was opened, which may have been removed, or given to another. It does not follow a stranger's link either: whoever may
// plant a link must not choose where we write.
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

// isOurs says whether a link was made by us or the system. A user namespace need not know the owner of /dev/stdout.
func isOurs(name string, owner uint32) bool {
	return owner == 0 || int(owner) == os.Geteuid() || filepath.Dir(name) == "/dev"
}

// descriptorNamed says whether a name is that of a descriptor, and whether of this process. It goes by the name: not all
// systems have /proc, and where it is not mounted /dev/stdout still means what it says.
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

// isSelf says whether a name in /proc is this process. Its number there need not be the one that it knows itself by.
func isSelf(process string) bool {
	self, err := os.Readlink("/proc/self")
	if err != nil {
		self = strconv.Itoa(os.Getpid())
	}
	return process == "self" || process == "thread-self" || process == self
}

// OpenToWrite opens a file for writing, as open(2) does with the flags. A name that stands for a descriptor of this process
// which is a file gives that descriptor once more, shared: opened again it would have a position of its own, and what one
// writes would overwrite what the other has written; to empty it would take away what others wrote. It may block, as
// opening a named pipe does until there is a reader.
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

// shareToWrite duplicates a descriptor that can be written.
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
