package netio

import (
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// packetHearer is the channel of bound datagram sockets. What is written goes to the peer that was heard last, from the
// socket and the address that it was heard on; unless many are heard, that is the first peer, and others are not heard at
// all. Of several sockets, the Conn's descriptor is the first that heard something.
type packetHearer struct {
	peer      unix.Sockaddr
	to        []byte // control data that says to which address the peer sent; none: the system chooses
	many      bool
	lossy     bool // a peer that has gone, or can't be reached, is none of the others' business
	listener  *PacketListener
	connected bool  // to peer, by the one socket there is
	fds       []int // of all sockets
	current   int   // the one that heard peer
	others    bool  // those beside the Conn's are watched
	room      roomTimer
}

func (h *packetHearer) read(_ int, p []byte) (int, error) {
	for range h.fds {
		fd := h.fds[0]
		n, from, to, err := sock.ReceiveFrom(fd, p, 0, sock.IsInternet(h.peer))
		h.fds = append(h.fds[1:], fd) // the next one has its turn first
		switch {
		case err == unix.EAGAIN:
			continue
		case h.lossy && sock.IsReport(err):
			return 0, unix.EINTR
		case err != nil:
			return 0, err
		case h.many && !h.listener.admits(fd, from):
			return 0, unix.EINTR // the next one may be another's
		case h.many:
			h.peer, h.to, h.current = from, to, fd
		case !sock.SameSockaddr(from, h.peer):
			return 0, unix.EAGAIN // it may have been on its way before the socket was connected
		}
		return n, nil
	}
	return 0, unix.EAGAIN
}

func (h *packetHearer) remote() netip.AddrPort { return sock.AddrPort(h.current, h.peer) }

func (h *packetHearer) local() netip.AddrPort {
	if h.connected {
		return sock.LocalAddr(h.current)
	}
	return sock.Asked(h.current, h.to)
}

func (h *packetHearer) watchable(c *Conn, want mux.Events) mux.Events {
	return h.room.watchable(c, want)
}

// rewatch has the sockets beside the Conn's watched for what it is read for. Who writes waits for its own.
func (h *packetHearer) rewatch(c *Conn) error {
	reads := c.want&mux.Readable != 0
	if len(h.fds) == 1 || reads == h.others {
		return nil
	}
	h.others = reads
	for _, fd := range h.fds {
		switch {
		case fd == c.FD():
		case reads:
			if err := c.loop.Watch(fd, mux.Readable, c); err != nil {
				return err
			}
		default:
			c.loop.Forget(fd)
		}
	}
	return nil
}

// close closes the sockets beside the Conn's.
func (h *packetHearer) close(c *Conn) {
	for _, fd := range slices.DeleteFunc(h.fds, func(fd int) bool { return fd == c.FD() }) {
		c.loop.Close(fd)
	}
	h.fds = nil
	h.room.timer.Stop()
}
