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

// IsShortage reports whether descriptors or memory ran out, which may be over soon.
func IsShortage(err error) bool {
	return errors.Is(err, unix.EMFILE) || errors.Is(err, unix.ENFILE) || errors.Is(err, unix.ENOBUFS) || errors.Is(err, unix.ENOMEM)
}

// IsOwnFault reports whether a send failed because the socket is unusable or we misuse it. Any
// other error concerns one datagram or its receiver. Those errors cannot all be listed: a path
// alone can fail in a dozen ways.
func IsOwnFault(err error) bool { return slices.Contains(ownFaults, err) }

var ownFaults = []error{unix.EBADF, unix.ENOTSOCK, unix.EFAULT, unix.ENOSYS}

// IsLoss reports whether a send failed because of the receiver, so that other peers can get the
// next datagram. A datagram that is too long is our mistake, and no loss.
func IsLoss(err error) bool {
	return err != unix.EAGAIN && err != unix.EINTR && err != unix.EMSGSIZE && !IsOwnFault(err)
}

// IsReport reports whether a receive error is about an earlier datagram or a passing condition, and
// not about the socket. The system returns it once. Any other would return again and again.
func IsReport(err error) bool { return slices.Contains(reports, err) }

var reports = []error{
	unix.EINTR, unix.ECONNREFUSED, unix.ECONNRESET, unix.EHOSTUNREACH, unix.ENETUNREACH, unix.EHOSTDOWN, unix.ENETDOWN,
	unix.EMSGSIZE, unix.EACCES, unix.EPROTO, unix.ENOPROTOOPT, unix.EOPNOTSUPP, unix.ETIMEDOUT, unix.ENOBUFS,
	unix.ENOMEM, errNoNet,
}
