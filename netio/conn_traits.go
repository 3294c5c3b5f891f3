package netio

import (
	"net/netip"

	"gnc/mux"
	"gnc/netio/sock"
)

// traits describe a Conn as an end of a session, beyond its descriptor. The maker of the Conn sets
// them once.
type traits struct {
	group     group     // the descriptors that the Conn uses besides its own, or shares; or nil
	addresses addresses // the addresses, if the descriptor does not know them; or nil
	memory    memory    // takes back bytes that were read; or nil

	// Of a source.
	carrier func() mover // makes the source's own mover, for uninspected bytes; or nil
	pool    *pool        // buffers for inspected bytes; nil: the loop's
	stock   func() int   // returns how many bytes are at hand; nil: ask the descriptor
	leave   func()       // called when nothing reads the source any more; or nil
	pieces  pieces       // which bytes become a datagram

	// Of a sink that several sessions share.
	turn *turn // orders the sessions; nil: the sink is not shared
	most int32 // bytes that one read may bring for the sink; 0: a buffer
}

// group watches several descriptors for a Conn, or one descriptor for several Conns.
type group interface {
	watchable(c *Conn, want mux.Events) mux.Events // returns the part of want that the loop can report
	rewatch(c *Conn) error                         // watches the descriptors for the interest of c
	close(c *Conn)
}

// addresses are the two ends of a connection. They are not valid if the connection does not use IP.
type addresses interface {
	remote() netip.AddrPort
	local() netip.AddrPort
}

// memory is a source of datagrams that keeps the ones read last. A command may end before it has
// read all of them.
type memory interface {
	remember()      // keeps later reads, as many as a pipe can hold
	takeBack(n int) // takes back the last n bytes that were read: no command has read them
}

// pieces is the rule by which the bytes of a source become datagrams.
type pieces uint8

const (
	piecesAsRead  pieces = iota // the bytes of one read, as many as a datagram takes
	piecesWritten               // the bytes of one write of the source's writer
	piecesOfFile                // a size that every network carries
)

// fileDatagram is the size of a piece of a file in a UDP datagram. Every network carries it whole,
// because every link carries 1,280 bytes of IPv6, headers included (RFC 8200, section 5).
const fileDatagram = 1200

// filePiece returns the size of a piece of a file in a datagram to c. A Unix socket needs no
// network, so its pieces are larger.
func (c *Conn) filePiece() int {
	if c.Remote().IsValid() {
		return fileDatagram
	}
	return sock.MaxDatagram
}

// datagram returns how many bytes one read of c takes at most. dst gets them as one datagram. 0
// means no bound but the buffer.
func (c *Conn) datagram(dst *Conn) int32 {
	switch c.is().pieces {
	case piecesWritten:
		return 0
	case piecesOfFile:
		return int32(dst.filePiece())
	}
	return sock.MaxDatagram
}

// is returns the traits of c. They are empty if c has none.
func (c *Conn) is() traits {
	if c.traits == nil {
		return traits{}
	}
	return *c.traits
}

func (c *Conn) group() group {
	if c.traits == nil {
		return nil
	}
	return c.traits.group
}
