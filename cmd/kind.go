package cmd

import (
	"fmt"

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

// vsockKind is the kind with --vsock, which goes with no other.
func vsockKind(vsock bool, k kind) (kind, error) {
	switch {
	case !vsock:
		return k, nil
	case k != kindTCP:
		return k, fmt.Errorf("--vsock goes with neither --udp nor --unix")
	}
	return kindVsock, nil
}

// parseAddress reads an address in any of its forms; k is what -u, -U and --vsock say, and pair reads the words of the plain
// form. A Unix socket's path is the target's host.
func parseAddress(words []string, k kind, listener bool, pair func([]string) (netio.Target, error)) (kind, netio.Target, error) {
	scheme, words, err := cutScheme(words, k)
	if err != nil {
		return k, netio.Target{}, err
	}
	switch scheme {
	case "udp":
		k = kindUDP
	case "unix":
		k = socketKind(k.isPackets(), true)
	case "vsock":
		k = kindVsock
	}
	var t netio.Target
	switch {
	case k == kindVsock:
		t, err = parseVsock(words, listener)
	case !k.isUnix():
		t, err = pair(words)
	case len(words) != 1:
		err = fmt.Errorf("%d words do not make one path", len(words))
	default:
		t, err = netio.Target{Host: words[0]}, nonEmpty(words[0])
	}
	return k, t, err
}

func nonEmpty(path string) error {
	if path == "" {
		return fmt.Errorf("the path of the Unix socket is empty")
	}
	return nil
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

// name is what messages call what a job connects to, where that has no IP address.
func (j *connectJob) name() string {
	t := netio.Target{Host: j.Host, Port: j.Ports[0]}
	if j.Kind == kindVsock {
		return vsockOf(t, false).String()
	}
	return targetName(j.Kind, t)
}
