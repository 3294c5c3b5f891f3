package cmd

import (
	"errors"
	"fmt"
	"net/netip"
	"time"

	"gnc/netio"
)

// listenFlags is the grammar of gnc listen.
type listenFlags struct {
	Address []string `arg:"" optional:"" name:"address" help:"[HOST] PORT, HOST:PORT, [V6]:PORT or :PORT, also after tcp: or udp:, or unix:PATH or vsock:CID:PORT (tcp:// and so on mean the same). Port 0: the kernel chooses. None where a service manager passes sockets (LISTEN_FDS)."`

	sessionFlags

	AcceptTimeout duration `placeholder:"DUR" help:"Bound on the wait for a connection; with -u -k, for the next datagram of anybody."`
	KeepOpen      bool     `short:"k" help:"Serve all clients that come, at once: stdin goes to each, what they send to stdout. Ends by signal, --count, --accept-timeout or --deadline."`
	MaxConns      count    `short:"m" placeholder:"N" help:"Clients served at a time, with --keep-open; the rest wait in the backlog. Commands, scripts and senders of datagrams: 100 unless told."`
	Count         count    `placeholder:"N" help:"Serve N clients, then end: with status 0, or that of the first that failed. Implies --keep-open."`
	Backlog       count    `placeholder:"N" help:"Connections that may wait to be accepted. Senders of datagrams: 128 unless told."`
	ReusePort     bool     `help:"Share the port with others that do (SO_REUSEPORT)."`
	readyFlags
	crowdFlags
	accessFlags
}

// listenJob is a port to listen on, as data.
type listenJob struct {
	sessionJob
	Target        netio.Target // no host: every address of both families
	FirstAddress  bool         // of several addresses, listen on the first that can be bound
	MappedIPv4    bool         // every IPv6 address takes IPv4 too, as the system has it
	LeavePath     bool         // of a Unix socket, when the listener ends
	MaxConns      int          // clients that are served at once; 0: what the service says
	KeepOpen      bool         // more than one client
	OneByOne      bool         // with KeepOpen, one after another, as nc has it
	Count         int          // end after so many; 0: never
	Crowd         crowdJob
	Access        accessJob
	Peer          netip.Addr // the only client that is served; not valid: any
	PeerPort      uint16     // with Peer: from which port; 0: any
	PeerWord      string     // Peer as it was given
	AcceptTimeout time.Duration
	BindPatience  time.Duration // how long a busy port is tried again
	Backlog       int
	ReusePort     bool
	Ready         ready
	Inherited     []netio.Inherited // sockets to listen on, instead of binding
}

// serves reports whether a client is one of those that are served. A peer that was given without a zone may come by any
// link, and one without a port from any.
func (j *listenJob) serves(from netip.AddrPort) bool {
	addr := from.Addr()
	if j.Peer.Zone() == "" {
		addr = addr.WithZone("")
	}
	return !j.Peer.IsValid() || addr == j.Peer && (j.PeerPort == 0 || from.Port() == j.PeerPort)
}

func (f *listenFlags) job(env *Env) (Job, error) {
	common, err := f.sessionJob()
	if err != nil {
		return nil, err
	}
	kind, target, inherited, err := listenAddress(env, f.Address, common.Kind)
	if err != nil {
		return nil, err
	}
	common.Kind = kind
	if err := common.checkScript(); err != nil {
		return nil, err
	}
	access, err := f.access(kind)
	if err != nil {
		return nil, err
	}
	if len(inherited) > 1 && kind == kindUDP {
		return nil, errors.New("gnc listen hears datagrams on one socket; LISTEN_FDS has passed several")
	}
	if len(inherited) > 0 && kind.isPackets() && len(common.Exec) > 0 && !f.KeepOpen && f.Count == 0 {
		return nil, errors.New("a command for the first sender alone needs a socket that is connected; one of datagrams that LISTEN_FDS has passed must not be: add --keep-open")
	}
	ready, err := f.ready(env)
	if err != nil {
		return nil, err
	}
	job := &listenJob{sessionJob: common, Target: target, AcceptTimeout: time.Duration(f.AcceptTimeout), Backlog: int(f.Backlog), ReusePort: f.ReusePort,
		KeepOpen: f.KeepOpen || f.Count > 0 || f.Broker || f.Chat, MaxConns: int(f.MaxConns), Count: int(f.Count), Ready: ready,
		Inherited: inherited, Crowd: f.crowdJob(), Access: access}
	job.boundSenders()
	return job, job.checkCrowd()
}

func listenTarget(words []string) (t netio.Target, err error) {
	switch {
	case len(words) == 0:
		return t, errors.New("no address; write [HOST] PORT")
	case isPath(words[0]):
		return t, pathError(words[0])
	case len(words) == 1 && isWord(words[0]):
		t.Port, err = words[0], isPort(words[0])
	case len(words) == 1:
		t, err = netio.ParseTarget(words[0])
	case len(words) == 2 && words[0] == "": // a script's variable that was never set is not everybody
		err = errors.New("the host is empty; leave it out to listen on all addresses")
	case len(words) == 2:
		t = netio.PairTarget(words[0], words[1])
	default:
		err = fmt.Errorf("%d words do not make one address; write [HOST] PORT", len(words))
	}
	if err == nil {
		err = checkPort(t.Port, 0)
	}
	if err == nil && isRange(t.Port) {
		err = fmt.Errorf("%s is more than one port, and a listener has one", t.Port)
	}
	return t, err
}

// isPort is the error of a word alone that is no port: people write a host, and forget the port.
func isPort(word string) error {
	if word == "" || isNumber(word) || isRange(word) {
		return nil
	}
	if _, err := parsePort(word); err != nil {
		return fmt.Errorf("the port is missing: %q is neither a number nor a service; write %s PORT", word, commandLine([]string{word}))
	}
	return nil
}

// isWord says whether an argument is a port alone: no address has neither colon nor bracket.
func isWord(s string) bool {
	for _, c := range s {
		if c == ':' || c == '[' {
			return false
		}
	}
	return true
}
