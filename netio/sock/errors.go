package sock

import (
	"errors"
	"slices"

	"golang.org/x/sys/unix"
)

// IsPeerError reports whether an error of accept(2) concerns one connection only. Linux passes on
// errors that already wait on the new socket. accept(2) says to treat them like EAGAIN.
func IsPeerError(err error) bool { return slices.Contains(peerErrors, err) }

var peerErrors = []error{
	unix.EINTR, unix.ECONNABORTED, unix.EPROTO, unix.ENETDOWN, unix.ENOPROTOOPT, unix.EHOSTDOWN, unix.EHOSTUNREACH,
	unix.ENETUNREACH, unix.EOPNOTSUPP, unix.ETIMEDOUT, unix.EPERM, errNoNet,
}

// IsShortage reports whether a call failed because descriptors or memory ran out. That may be over
// soon.
func IsShortage(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) || errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.ENOMEM)
}
