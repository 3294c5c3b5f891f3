package job

import (
	"net/netip"
	"time"

	"gnc/netio/address"
	"gnc/netio/sock"
)

// Connect is a connection to make, as data. Several ports are tried one after another.
type Connect struct {
	Session
	Host         string
	Ports        []string // numbers or services, in the order in which they are tried
	Source       sock.Source
	SourceHost   string // a name to look up for Source's address, or ""
	Timeout      time.Duration
	AttemptDelay time.Duration // negative: one address after another
	Wait         time.Duration
	Scan         bool
	AtOnce       bool // of a scan: try many ports at the same time
	Random       bool // try the ports in random order
	Proxy        *Proxy
	PassFD       bool          // hand the descriptor to the reader of stdout, and end
	SourcePath   string        // of a Unix socket of our own
	Probe        string        // what UDP asks for a sign of life with, before anything else; "" is not at all
	ProbeWait    time.Duration // for how long; 0: udpProbes
	NeedAnswer   bool          // a probe without an answer is a failure
}

// PacketLinger is how long answers to datagrams are waited for after the end of stdin, by default.
const PacketLinger = 3 * time.Second

func SourceAt(addr netip.Addr, port uint16) sock.Source {
	s := sock.Source{Port: port}
	addr, _ = sock.NameZone(addr) // where there is no such interface bind says so
	switch {
	case !addr.IsValid():
	case addr.Is4():
		s.Addr4 = addr
	default:
		s.Addr6 = addr
	}
	return s
}

// name is what messages call what a job connects to, where that has no IP address.
func (j *Connect) name() string {
	t := address.Target{Host: j.Host, Port: j.Ports[0]}
	if j.Kind == Vsock {
		return vsockOf(t, false).String()
	}
	return targetName(j.Kind, t)
}
