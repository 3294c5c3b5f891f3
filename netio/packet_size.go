package netio

import "gnc/netio/sock"

// fileDatagram is what one UDP datagram carries of a file that we cut up ourselves. It goes through any network whole:
// every link carries 1,280 bytes of IPv6, headers included (RFC 8200, section 5).
const fileDatagram = 1200

// filePiece is how much of a file a datagram to c carries. A Unix socket has no links on its way.
func (c *Conn) filePiece() int {
	if c.Remote().IsValid() {
		return fileDatagram
	}
	return sock.MaxDatagram
}

// datagramFrom is how much one read of src takes, which dst gets as one datagram; 0: as much as there is, because what
// writes to src decides.
func datagramFrom(src, dst *Conn) int32 {
	switch src.channel.(type) {
	case *writes:
		return 0
	case ownFile:
		return int32(dst.filePiece())
	}
	return sock.MaxDatagram
}
