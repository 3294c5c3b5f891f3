package job

import (
	"net/netip"
	"time"

	"gnc/netio/address"
	"gnc/netio/sock"
)

// Listen is a port to listen on, as data.
type Listen struct {
	Session
	Target        address.Target // no host: every address of both families
	FirstAddress  bool           // of several addresses, listen on the first that can be bound
	MappedIPv4    bool           // every IPv6 address takes IPv4 too, as the system has it
	LeavePath     bool           // of a Unix socket, when the listener ends
	MaxConns      int            // clients that are served at once; 0: what the service says
	KeepOpen      bool           // more than one client
	OneByOne      bool           // with KeepOpen, one after another, as nc has it
	Count         int            // end after so many; 0: never
	Crowd         Crowd
	Access        Access
	Peer          netip.Addr // the only client that is served; not valid: any
	PeerPort      uint16     // with Peer: from which port; 0: any
	PeerWord      string     // Peer as it was given
	AcceptTimeout time.Duration
	BindPatience  time.Duration // how long a busy port is tried again
	Backlog       int
	ReusePort     bool
	Ready         Ready
	Inherited     []sock.Inherited // sockets to listen on, instead of binding
}

// Serves reports whether a client is one of those that are served. A peer that was given without a
// zone may come by any link, and one without a port from any.
func (j *Listen) Serves(from netip.AddrPort) bool {
	addr := from.Addr()
	if j.Peer.Zone() == "" {
		addr = addr.WithZone("")
	}
	return !j.Peer.IsValid() || addr == j.Peer && (j.PeerPort == 0 || from.Port() == j.PeerPort)
}

// Crowd is what many clients are served with, as data. Its zero value is the standard streams.
type Crowd struct {
	Serve  string // a file that each client gets, "" for stdin
	OutDir string // where each client's file is made, "" for stdout
	Relay  bool   // clients send to each other
	Chat   bool   // in lines
}

// IsCrowd reports whether clients share a hub; otherwise each is alone with the standard streams or
// a command.
func (j *Listen) IsCrowd() bool {
	return j.Crowd != Crowd{} || j.KeepOpen && !j.OneByOne && len(j.Exec) == 0 && j.Script == "" && !j.Kind.IsPackets()
}
