package netio

import "golang.org/x/sys/unix"

// bindAnyUnix gives a datagram socket a name of its own, so that it can be answered: the system chooses an abstract one
// (autobind, unix(7)).
func bindAnyUnix(fd int) (*ownPath, error) { return nil, unix.Bind(fd, &unix.SockaddrUnix{}) }
