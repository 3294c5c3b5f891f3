//go:build !linux

package netio

import (
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// bindAnyUnix gives a datagram socket a name of its own, so that it can be answered: a path among temporary files.
func bindAnyUnix(fd int) (*ownPath, error) {
	path := filepath.Join(os.TempDir(), "gnc-"+strconv.Itoa(os.Getpid())+"-"+strconv.Itoa(fd))
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		return nil, err
	}
	return ownedPath(path), nil
}
