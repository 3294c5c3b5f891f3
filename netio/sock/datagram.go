package sock

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// MaxDatagram is the largest payload of a UDP datagram over IPv4, in bytes.
const MaxDatagram = 65507

// OneDatagram cuts p to the size of one datagram.
func OneDatagram(p []byte) []byte { return p[:min(len(p), MaxDatagram)] }

// SendTo sends one datagram with the beginning of p to a peer that the socket is not connected to.
// to is control data from ReceiveFrom.
func SendTo(fd int, p, to []byte, peer unix.Sockaddr) (int, error) {
	p = OneDatagram(p)
	var err error
	if u, isUnix := peer.(*unix.SockaddrUnix); isUnix {
		err = sendUnix(fd, p, u.Name)
	} else {
		_, err = unix.SendmsgN(fd, p, to, peer, 0)
	}
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

// SameSockaddr reports whether two addresses are equal, with their zones.
func SameSockaddr(from, peer unix.Sockaddr) bool {
	f, isUnix := from.(*unix.SockaddrUnix)
	p, wasUnix := peer.(*unix.SockaddrUnix)
	if isUnix && wasUnix {
		return f.Name == p.Name
	}
	fromAddr, fromZone := SplitSockaddr(from)
	peerAddr, peerZone := SplitSockaddr(peer)
	return fromAddr == peerAddr && fromZone == peerZone
}

// ConnectPeer connects a datagram socket to a peer.
func ConnectPeer(fd int, peer unix.Sockaddr) error {
	if u, isUnix := peer.(*unix.SockaddrUnix); isUnix {
		return ConnectUnix(fd, u.Name)
	}
	return unix.Connect(fd, peer)
}

// Nameless reports whether a datagram came without a return address, as from an unbound socket.
func Nameless(sa unix.Sockaddr) bool {
	u, isUnix := sa.(*unix.SockaddrUnix)
	return sa == nil || isUnix && u.Name == ""
}

// ReceiveFrom takes a datagram, or with MSG_PEEK only looks at it. to is control data for the
// answer: with it, the answer leaves from the address that the datagram was sent to. A Unix socket
// has none, because its control data can be descriptors.
func ReceiveFrom(fd int, p []byte, flags int, inet bool) (n int, from unix.Sockaddr, to []byte, err error) {
	if inet {
		to = make([]byte, destinationSize)
	}
	n, size, _, from, err := unix.Recvmsg(fd, p, to, flags)
	if err != nil {
		return 0, nil, nil, err
	}
	return n, from, to[:size], nil
}

// destinationSize is room for an in6_pktinfo and an in_pktinfo with their headers. An IPv4 peer of
// an IPv6 socket has both.
const destinationSize = 128

// Asked returns the address and port that a datagram on fd was sent to. to is its control data.
func Asked(fd int, to []byte) netip.AddrPort {
	local := LocalAddr(fd)
	if addr, known := Destination(to); known {
		return netip.AddrPortFrom(addr, local.Port())
	}
	return local
}

// AnswersFrom reports whether fd, once connected to peer, sends from the address that the peer has
// sent to, which to tells. It may not if the socket receives at several addresses.
func AnswersFrom(fd int, peer unix.Sockaddr, to []byte) bool {
	asked, known := Destination(to)
	if !known {
		return true
	}
	family := unix.AF_INET6
	if _, is4 := peer.(*unix.SockaddrInet4); is4 {
		family = unix.AF_INET
	}
	try, err := New(family, unix.SOCK_DGRAM)
	if err != nil {
		return true
	}
	defer unix.Close(try)
	if bound := LocalAddr(fd); !bound.Addr().IsUnspecified() || unix.Connect(try, peer) != nil {
		return true
	}
	return LocalAddr(try).Addr().WithZone("") == asked
}
