package sock

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// MaxDatagram is the most that one UDP datagram carries over IPv4.
const MaxDatagram = 65507

// OneDatagram is as much of p as one datagram takes.
func OneDatagram(p []byte) []byte { return p[:min(len(p), MaxDatagram)] }

// SendTo sends as much of p as one datagram takes to a peer that the socket is not connected to. to is what receiveFrom says.
func SendTo(fd int, p, to []byte, peer unix.Sockaddr) (int, error) {
	p = OneDatagram(p)
	var err error
	if u, isUnix := peer.(*unix.SockaddrUnix); isUnix {
		err = SendUnix(fd, p, u.Name)
	} else {
		_, err = unix.SendmsgN(fd, p, to, peer, 0)
	}
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

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

func ConnectPeer(fd int, peer unix.Sockaddr) error {
	if u, isUnix := peer.(*unix.SockaddrUnix); isUnix {
		return ConnectUnix(fd, u.Name)
	}
	return unix.Connect(fd, peer)
}

func Nameless(sa unix.Sockaddr) bool {
	u, isUnix := sa.(*unix.SockaddrUnix)
	return sa == nil || isUnix && u.Name == ""
}

// ReceiveFrom takes a datagram, or with MSG_PEEK only looks at it. to is control data that, sent along with an answer,
// has it leave from the address that the datagram was sent to; none for a Unix socket, where control data can be
// descriptors.
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

// destinationSize is room for an in6_pktinfo and an in_pktinfo with their headers: an IPv4 peer of an IPv6 socket has both.
const destinationSize = 128

// Asked is the address and port that a datagram on fd was sent to, as to says.
func Asked(fd int, to []byte) netip.AddrPort {
	local := LocalAddr(fd)
	if addr, known := Destination(to); known {
		return netip.AddrPortFrom(addr, local.Port())
	}
	return local
}

// AnswersFrom says whether what fd sends to peer once it is connected leaves from the address that the peer has sent to,
// as to tells. It does not always where several addresses are heard on.
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
