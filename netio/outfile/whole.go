package outfile

import (
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// OpenPlain opens a file as os.OpenFile does, but without Go's poller. The poller needs two more
// descriptors, and without them the program ends with a stack trace. Reading and writing block.
func OpenPlain(name string, flags int, mode uint32) (*os.File, error) {
	for {
		fd, err := unix.Open(name, flags|unix.O_CLOEXEC, mode)
		if err == nil {
			return os.NewFile(uintptr(fd), name), nil
		}
		if err != unix.EINTR {
			return nil, &os.PathError{Op: "open", Path: name, Err: err}
		}
	}
}

// ReadWhole reads a file, up to most bytes of it.
func ReadWhole(name string, most int64) ([]byte, error) {
	f, err := OpenPlain(name, unix.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// WriteWhole replaces a file in one step, so that nobody sees it half-written. It writes under
// another name first. If name is a link, it replaces the link and not its target. A failure leaves
// nothing behind.
func WriteWhole(name string, content []byte) error {
	f, err := createBeside(name)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = unix.Rename(f.Name(), name)
	}
	if err != nil {
		unix.Unlink(f.Name())
	}
	return err
}

// createBeside creates a file in the directory of name, under a name that nobody can guess. It does
// not clean the directory's path, because .. after a link leads where the system says.
func createBeside(name string) (*os.File, error) {
	dir, base := filepath.Split(name)
	for tries := 0; ; tries++ {
		beside := dir + "." + base + "-" + strconv.FormatUint(rand.Uint64(), 36)
		f, err := OpenPlain(beside, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW, 0o666)
		if !os.IsExist(err) || tries == 10000 {
			return f, err
		}
	}
}
