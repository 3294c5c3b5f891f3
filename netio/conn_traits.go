package netio

import (
	"net/netip"

	"gnc/mux"
	"gnc/netio/sock"
)

// traits are what an end of a session is beside a descriptor. Whoever makes the Conn states them once.
type traits struct {
	group     group     // it stands for other descriptors than the Conn's alone; or nil
	addresses addresses // it knows its addresses, where the descriptor does not; or nil
	memory    memory    // it can take back what was read; or nil

	// Of a source.
	carrier func() mover // brings the mover of its own, for bytes that nothing must see; nil: there is none
	pool    *pool        // that its bytes are read into where something must see them; nil: the loop's
	stock   func() int   // how many bytes it has at once; nil: the descriptor tells
	leave   func()       // nothing reads it any more; nil: that does not matter to it
	pieces  pieces       // what becomes a datagram

	// Of a sink that several sessions share.
	turn *turn // orders them; nil: it is not shared
	most int32 // bytes that one read may bring for it; 0: a buffer
}

// group is several descriptors, or a share in one.
type group interface {
	watchable(c *Conn, want mux.Events) mux.Events // what the loop can tell of an interest in c
	rewatch(c *Conn) error                         // has those descriptors watched for what c wants
	close(c *Conn)
}

// addresses are the two ends of a connection; not valid where they are not of IP.
type addresses interface {
	remote() netip.AddrPort
	local() netip.AddrPort
}

// memory is a source of datagrams that knows what was read last: a command may end without having read all of it.
type memory interface {
	remember()      // keep what is read from now on, as far as a pipe can hold it
	takeBack(n int) // the last n bytes that were read have reached nobody
}

// pieces says how the bytes of a source become datagrams.
type pieces uint8

const (
	piecesAsRead  pieces = iota // what one read brings, as far as a datagram takes it
	piecesWritten               // what the writer has written at once
	piecesOfFile                // of a size that every network carries
)

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

// datagram is how much one read of c takes, which dst gets as one datagram; 0: as much as there is.
func (c *Conn) datagram(dst *Conn) int32 {
	switch c.is().pieces {
	case piecesWritten:
		return 0
	case piecesOfFile:
		return int32(dst.filePiece())
	}
	return sock.MaxDatagram
}

// is are the traits of c, which may have none.
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
