package cmd

import (
	"gnc/netio"
)

// kind is the kind of socket.
type kind uint8

const (
	kindTCP kind = iota
	kindUDP
	kindUnix        // streams
	kindUnixPackets // datagrams
	kindVsock
)

func (k kind) isUnix() bool { return k == kindUnix || k == kindUnixPackets }

// byName: what is connected to, or listened on, has no IP address to be looked up.
func (k kind) byName() bool    { return k.isUnix() || k == kindVsock }
func (k kind) isPackets() bool { return k == kindUDP || k == kindUnixPackets }

// protocol is the name that messages and services(5) have for it.
func (k kind) protocol() string {
	return [...]string{kindTCP: "tcp", kindUDP: "udp", kindUnix: "unix", kindUnixPackets: "unix", kindVsock: "vsock"}[k]
}

// protocol is the name of the job's.
func (j *sessionJob) protocol() string {
	if j.Socket.DCCP {
		return "dccp"
	}
	return j.Kind.protocol()
}

func socketKind(udp, isUnix bool) kind {
	switch {
	case udp && isUnix:
		return kindUnixPackets
	case isUnix:
		return kindUnix
	case udp:
		return kindUDP
	}
	return kindTCP
}

// targetName is what messages call a target without an IP address, and "" for one that has one.
func targetName(k kind, t netio.Target) string {
	switch {
	case k == kindVsock:
		return "vsock:" + t.Host + ":" + t.Port
	case k.isUnix():
		return "unix:" + t.Host
	}
	return ""
}
