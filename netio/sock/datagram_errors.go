package sock

import (
	"slices"

	"golang.org/x/sys/unix"
)

// IsOwnFault says whether a datagram could not be sent because the socket can't be used, or is not used as it must be.
// Any other error is about that one datagram, or about who it was for, and what the system says of those has no end: a path
// alone can fail to be found in a dozen ways.
func IsOwnFault(err error) bool { return slices.Contains(ownFaults, err) }

var ownFaults = []error{unix.EBADF, unix.ENOTSOCK, unix.EFAULT, unix.ENOSYS}

// IsLoss says whether an error of sending is about who a datagram was for: others can be sent the next one. One that is too
// long is a mistake of ours.
func IsLoss(err error) bool {
	return err != unix.EAGAIN && err != unix.EINTR && err != unix.EMSGSIZE && !IsOwnFault(err)
}

// IsReport says whether an error of receiving tells of an earlier datagram, or of a moment, and not of the socket: once told
// it is gone. Any other would come again and again.
func IsReport(err error) bool { return slices.Contains(reports, err) }

var reports = []error{
	unix.EINTR, unix.ECONNREFUSED, unix.ECONNRESET, unix.EHOSTUNREACH, unix.ENETUNREACH, unix.EHOSTDOWN, unix.ENETDOWN,
	unix.EMSGSIZE, unix.EACCES, unix.EPROTO, unix.ENOPROTOOPT, unix.EOPNOTSUPP, unix.ETIMEDOUT, unix.ENOBUFS,
	unix.ENOMEM, errNoNet,
}
