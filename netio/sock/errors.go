package sock

import (
	"errors"
	"slices"

	"golang.org/x/sys/unix"
)

// IsPeerError says whether an error of accept(2) concerns one connection only. Linux passes on what already waits on
// the new socket; the manual says to treat it like EAGAIN.
func IsPeerError(err error) bool { return slices.Contains(peerErrors, err) }

var peerErrors = []error{
	unix.EINTR, unix.ECONNABORTED, unix.EPROTO, unix.ENETDOWN, unix.ENOPROTOOPT, unix.EHOSTDOWN, unix.EHOSTUNREACH,
	unix.ENETUNREACH, unix.EOPNOTSUPP, unix.ETIMEDOUT, unix.EPERM, errNoNet,
}

// IsShortage says whether something failed because descriptors or memory have run out, which may be over soon.
func IsShortage(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) || errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.ENOMEM)
}
