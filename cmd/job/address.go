package job

import "gnc/netio/address"

// Kind is the kind of socket.
type Kind uint8

const (
	TCP Kind = iota
	UDP
	Unix        // streams
	UnixPackets // datagrams
	Vsock
)

func (k Kind) IsUnix() bool { return k == Unix || k == UnixPackets }

// ByName: what is connected to, or listened on, has no IP address to be looked up.
func (k Kind) ByName() bool    { return k.IsUnix() || k == Vsock }
func (k Kind) IsPackets() bool { return k == UDP || k == UnixPackets }

// protocol is the name that messages and services(5) have for it.
func (k Kind) protocol() string {
	return [...]string{TCP: "tcp", UDP: "udp", Unix: "unix", UnixPackets: "unix", Vsock: "vsock"}[k]
}

// Protocol is the name of the job's.
func (j *Session) Protocol() string {
	if j.Socket.DCCP {
		return "dccp"
	}
	return j.Kind.protocol()
}

func KindOf(udp, isUnix bool) Kind {
	switch {
	case udp && isUnix:
		return UnixPackets
	case isUnix:
		return Unix
	case udp:
		return UDP
	}
	return TCP
}

// targetName is what messages call a target without an IP address, and "" for one that has one.
func targetName(k Kind, t address.Target) string {
	switch {
	case k == Vsock:
		return "vsock:" + t.Host + ":" + t.Port
	case k.IsUnix():
		return "unix:" + t.Host
	}
	return ""
}
