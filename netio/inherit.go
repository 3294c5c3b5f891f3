package netio

import "gnc/netio/sock"

// InheritListener makes a Listener of inherited stream sockets.
func (l *Loop) InheritListener(sockets []sock.Inherited, o ListenOptions) *Listener {
	return l.newListener(sock.Descriptors(sockets), o)
}

// InheritPackets waits for the first datagram on an inherited socket. The socket stays unconnected,
// because other processes share it.
func (l *Loop) InheritPackets(s sock.Inherited, many bool, o ListenOptions) *PacketListener {
	p := l.packetListener([]int{s.FD}, many)
	p.shared, p.admit = true, o.Admit
	if !s.Unix() {
		sock.TellDestination(s.FD)
	}
	return p
}

// InheritPacketEcho is NewPacketEcho on inherited sockets.
func InheritPacketEcho(l *Loop, sockets []sock.Inherited, fail func(error)) (*PacketEcho, error) {
	largest := largestUnix
	for _, s := range sockets {
		if !s.Unix() {
			sock.TellDestination(s.FD)
			largest = largestUDP
		}
	}
	return newPacketEcho(l, sock.Descriptors(sockets), largest, fail)
}
