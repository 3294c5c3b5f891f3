package job

import (
	"cmp"
	"errors"
	"time"

	"gnc/netio"
)

// door is where clients come in, one after another: a listener of streams, or the senders of a
// datagram socket.
type door interface {
	Resume() error // those that wait come in, as far as there is room
	Refuse()       // nobody comes in any more
	Close()        // the same, for good
}

// senderIdle is how long a sender of datagrams keeps its place while nothing moves, by default. It
// has no other end.
const senderIdle = time.Minute

// EachSender reports whether each sender of datagrams is served by itself. Otherwise those that are
// heard share the standard streams.
func (j *Listen) EachSender() bool {
	return j.Kind.IsPackets() && (j.Crowd.Serve != "" || j.KeepOpen && (len(j.Exec) > 0 || j.Script != ""))
}

// boundSenders bounds senders, which have no end, where the command line does not.
func (j *Listen) boundSenders() {
	if !j.Kind.IsPackets() {
		return
	}
	if j.EachSender() {
		j.Options.Idle = cmp.Or(j.Options.Idle, senderIdle)
		j.Options.SilenceEnds = j.KeepOpen
	}
	if j.Crowd.Serve != "" || j.Script != "" {
		j.Options.Linger = cmp.Or(j.Options.Linger, PacketLinger)
	}
}

// hearsMany reports whether datagrams of anybody are heard, as long as the job lasts.
func (l *listening) hearsMany() bool { return l.packets != nil && l.job.KeepOpen }

// nobodyCame ends --accept-timeout, unless a datagram came meanwhile.
func (l *listening) nobodyCame() {
	if l.hearsMany() {
		if left := time.Until(l.packets.LastHeard().Add(l.job.AcceptTimeout)); left > 0 {
			l.timeout.Reset(left)
			return
		}
	}
	l.stop(ErrAcceptTimeout)
}

// isSilence reports whether a sender was only silent for too long, which is the orderly end of one
// among several.
func (l *listening) isSilence(err error) bool {
	return l.job.Options.SilenceEnds && errors.Is(err, netio.ErrIdle) && !Is[*netio.UnwrittenError](err)
}
