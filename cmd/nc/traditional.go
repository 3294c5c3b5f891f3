package nc

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"gnc/cmd/job"
	"gnc/netio"
	"gnc/netio/sock"
	"gnc/resolve"
)

// traditionalMessages are those of Debian's nc.traditional, which never says its name.
type traditionalMessages struct {
	bothMessages
	peer string // what the lines about a connection call the host
}

// grabPatience is how long traditional tries a busy port.
const grabPatience = 8 * time.Second

// traditionalProbe is how long traditional waits for a datagram to come back.
const traditionalProbe = 300 * time.Millisecond

// traditionalSignals are those that traditional catches, to end with 1.
var traditionalSignals = []unix.Signal{unix.SIGINT, unix.SIGQUIT, unix.SIGTERM}

// traditionalListen fills in a Listen in traditional's meaning: the port is -p's or the kernel's
// choice, operands are the only peer that is served.
func (f *flags) traditionalListen(j *job.Listen, operands []string) error {
	j.AcceptTimeout, j.BindPatience = f.timeout, grabPatience
	if j.Network == "ip" {
		j.Network = "ip4"
	}
	if j.Target.Port == "" {
		j.Target.Port = "0"
	}
	if len(operands) > 0 {
		peer, err := traditionalAddr(operands[0])
		if err != nil {
			return err
		}
		j.Peer, j.PeerWord = peer, operands[0]
	}
	if len(operands) > 1 {
		port, err := job.ParsePort(operands[1])
		if err != nil {
			return err
		}
		j.PeerPort = uint16(port)
	}
	return listenPort(j)
}

// traditionalAddr reads an address, or a bare number as inet_aton(3) does.
func traditionalAddr(word string) (netip.Addr, error) {
	if n, err := strconv.ParseUint(word, 10, 32); err == nil {
		return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), nil
	}
	addr, err := netip.ParseAddr(word)
	if err == nil {
		addr, err = sock.NameZone(addr)
	}
	if err != nil {
		return addr, &job.Complaint{Text: fmt.Sprintf("Can't parse %s as an IP address\n", word), Status: 1}
	}
	return addr, nil
}

func (v *traditionalMessages) Listening(t *job.Task, j *job.Listen, at []netip.AddrPort) job.Naming {
	if t.Verbose == 0 {
		return job.Naming{}
	}
	if j.Kind.IsUnix() {
		v.listeningUnix(t, j)
		return job.Naming{}
	}
	tell := func() {
		host := "any"
		if j.Target.Host != "" {
			host = at[0].Addr().String()
		}
		fmt.Fprintf(t.Stderr, "listening on [%s] %d ...\n", host, at[0].Port())
	}
	if j.PeerWord == "" || j.Numeric {
		tell()
		return job.Naming{}
	}
	return job.Naming{Addr: j.Peer, Say: func(name string, err error) {
		if nameOrUnknown(name, j.Peer, err) == unknownName {
			fmt.Fprintf(t.Stderr, "%s: inverse host lookup failed: Unknown host\n", j.PeerWord)
		}
		tell()
	}}
}

func (v *traditionalMessages) Accepted(t *job.Task, j *job.Listen, from, local netip.AddrPort) job.Naming {
	what := "connect"
	if !j.Serves(from) {
		what = "invalid connection"
	} else if t.Verbose == 0 {
		return job.Naming{}
	} else if j.Kind.IsUnix() {
		v.acceptedUnix(t, j)
		return job.Naming{}
	}
	tell := func(name string) {
		fmt.Fprintf(t.Stderr, "%s to [%s] from %s [%s] %d\n", what, local.Addr(), name, from.Addr(), from.Port())
	}
	if j.Numeric {
		tell(unknownName)
		return job.Naming{}
	}
	return job.Naming{Addr: from.Addr(), Say: func(name string, err error) { tell(nameOrUnknown(name, from.Addr(), err)) }}
}

// unknownName stands for a name that has not been looked up, or was not found.
const unknownName = "(UNKNOWN)"

func nameOrUnknown(name string, addr netip.Addr, err error) string {
	if err != nil || name == addr.String() {
		return unknownName
	}
	return name
}

// Begin has the name of a host that was given as an address looked up, for the lines to come.
func (v *traditionalMessages) Begin(j *job.Connect) job.Naming {
	addr, err := netip.ParseAddr(j.Host)
	switch {
	case err != nil:
		v.peer = j.Host
	case j.Words.Verbose == 0 || j.Numeric:
		v.peer = unknownName
	default:
		return job.Naming{Addr: addr, Say: func(name string, err error) { v.peer = nameOrUnknown(name, addr, err) }}
	}
	return job.Naming{}
}

func (v *traditionalMessages) Refused(t *job.Task, j *job.Connect, e *netio.DialError, _ bool) {
	level := 0 // of a scan, or of several ports, failures are said on demand only
	if j.Scan {
		level++
	}
	if len(j.Ports) > 1 {
		level = 2
	}
	if t.Verbose < level {
		return
	}
	how := sentence(e.Err)
	if errors.Is(e.Err, netio.ErrConnectTimeout) {
		how = sentence(unix.ETIMEDOUT)
	}
	fmt.Fprintf(t.Stderr, "%s : %s\n", v.port(j, e.Addr), how)
}

func (v *traditionalMessages) Connected(t *job.Task, j *job.Connect, _ string, addr, _ netip.AddrPort, _ time.Duration) {
	if t.Verbose > 0 {
		fmt.Fprintf(t.Stderr, "%s open\n", v.port(j, addr))
	}
}

// port is a port as traditional names it: host [address] port (service).
func (v *traditionalMessages) port(j *job.Connect, addr netip.AddrPort) string {
	service := serviceName(addr.Port(), j.Protocol())
	if service == "" || j.Numeric {
		service = "?"
	}
	return fmt.Sprintf("%s [%s] %d (%s)", v.peer, addr.Addr(), addr.Port(), service)
}

func (*traditionalMessages) Verdict(t *job.Task, err error) error {
	var target *job.TargetError
	var name *resolve.Error
	var listen *sock.ListenError
	var signal *job.SignalError
	switch text, told := openbsdText(err); {
	case errors.As(err, &signal) && slices.Contains(traditionalSignals, signal.Signal):
		return &job.StatusError{Status: 1, Err: err}
	case told, job.Is[*job.StrangerError](err): // Accepted has said so
	case errors.Is(err, job.ErrAcceptTimeout):
		fmt.Fprintf(t.Stderr, "no connection : %s\n", sentence(unix.ETIMEDOUT))
	case errors.As(err, &name) && errors.As(err, &target) && target.Numeric:
		fmt.Fprintf(t.Stderr, "Can't parse %s as an IP address\n", target.Host)
	case errors.As(err, &name) && errors.As(err, &target):
		fmt.Fprintf(t.Stderr, "%s: forward host lookup failed: Unknown host\n", target.Host)
	case errors.As(err, &listen) && errors.Is(err, unix.EADDRINUSE):
		fmt.Fprintf(t.Stderr, "Can't grab %s with bind\n", listen.Addr)
	default:
		fmt.Fprintf(t.Stderr, "%s\n", text)
	}
	return status(err)
}
