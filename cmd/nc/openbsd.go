package nc

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"gnc/cmd/job"
	"gnc/netio"
	"gnc/netio/outfile"
	"gnc/netio/proxy"
	"gnc/netio/sock"
	"gnc/resolve"
)

// bothMessages are those that the dialects share.
type bothMessages struct{}

// Bound gives the path of a Unix socket.
func (bothMessages) Bound(t *job.Task, path string) {
	if t.Verbose > 0 {
		fmt.Fprintf(t.Stderr, "Bound on %s\n", path)
	}
}

// listeningUnix is the message of a listener on a Unix socket.
func (v bothMessages) listeningUnix(t *job.Task, j *job.Listen) {
	v.Bound(t, j.Target.Host)
	if j.Kind == job.Unix {
		fmt.Fprintf(t.Stderr, "Listening on %s\n", j.Target.Host)
	}
}

// acceptedUnix is the message of a client on a Unix socket.
func (bothMessages) acceptedUnix(t *job.Task, j *job.Listen) {
	fmt.Fprintf(t.Stderr, "Connection received on %s\n", j.Target.Host)
}

func (bothMessages) Attempt(*job.Task, netip.AddrPort, bool) {}

// Closed has counts for -vv.
func (bothMessages) Closed(t *job.Task, r netio.Result, _ time.Duration) {
	if t.Verbose > 1 {
		fmt.Fprintf(t.Stderr, " sent %d, rcvd %d\n", r.Sent, r.Received)
	}
}

// openbsdMessages are those of Debian's nc.openbsd, whose lines scripts look for.
type openbsdMessages struct {
	bothMessages
	name   string // by which the program was called
	mapped bool   // an IPv4 client is shown as it looks on an IPv6 socket
}

// tell writes a line that begins with the program's name.
func (v *openbsdMessages) tell(t *job.Task, format string, args ...any) {
	fmt.Fprintf(t.Stderr, v.name+": "+format+"\n", args...)
}

func (v *openbsdMessages) Listening(t *job.Task, j *job.Listen, at []netip.AddrPort) job.Naming {
	if t.Verbose == 0 {
		return job.Naming{}
	}
	if j.Kind.IsUnix() {
		v.listeningUnix(t, j)
		return job.Naming{}
	}
	what := "Listening on"
	if j.Kind.IsPackets() {
		what = "Bound on"
	}
	v.mapped = at[0].Addr().Is6()
	return v.report(t, what, at[0], j.Numeric)
}

func (v *openbsdMessages) Accepted(t *job.Task, j *job.Listen, from, _ netip.AddrPort) job.Naming {
	if t.Verbose == 0 || j.Kind.IsPackets() && j.KeepOpen { // a listener that hears everybody names nobody
		return job.Naming{}
	}
	if j.Kind.IsUnix() {
		v.acceptedUnix(t, j)
		return job.Naming{}
	}
	if v.mapped && from.Addr().Is4() {
		from = netip.AddrPortFrom(netip.AddrFrom16(from.Addr().As16()), from.Port())
	}
	return v.report(t, "Connection received on", from, j.Numeric)
}

// report says an address by name, unless numbers are asked for.
func (v *openbsdMessages) report(t *job.Task, what string, addr netip.AddrPort, numeric bool) job.Naming {
	say := func(name string, err error) {
		if err != nil {
			v.tell(t, "getnameinfo: Temporary failure in name resolution")
		} else {
			fmt.Fprintf(t.Stderr, "%s %s %d\n", what, name, addr.Port())
		}
	}
	if numeric || addr.Addr().Is4In6() {
		say(addr.Addr().String(), nil)
		return job.Naming{}
	}
	return job.Naming{Addr: addr.Addr(), Say: say}
}

func (*openbsdMessages) Begin(*job.Connect) job.Naming { return job.Naming{} }

func (v *openbsdMessages) Refused(t *job.Task, j *job.Connect, e *netio.DialError, _ bool) {
	if job.Is[*sock.BindError](e) {
		v.tell(t, "bind failed: %s", sentence(e.Err))
		return
	}
	if t.Verbose == 0 || j.Kind == job.UDP || job.Is[*sock.OptionError](e) { // nc says nothing of a datagram that came back
		return
	}
	how := "failed: " + sentence(e.Err)
	if errors.Is(e.Err, netio.ErrConnectTimeout) {
		how = "timed out: Operation now in progress"
	}
	host := j.Host
	if j.Proxy != nil {
		host = j.Proxy.Target.Host
	}
	v.tell(t, "connect to %s port %d (%s) %s", hostAndIP(host, e.Addr), e.Addr.Port(), j.Protocol(), how)
}

func (v *openbsdMessages) Connected(t *job.Task, j *job.Connect, port string, addr, _ netip.AddrPort, _ time.Duration) {
	if t.Verbose == 0 && !(j.Scan && j.Kind == job.TCP) || j.Kind.IsUnix() { // a scan reports without being asked, as nc 1.238 and macOS do
		return
	}
	host, number := j.Host, addr.Port()
	if j.Proxy == nil {
		host = hostAndIP(j.Host, addr)
	} else if n, err := strconv.Atoi(port); err == nil {
		number = uint16(n) // the address is the proxy's
	}
	service := "*"
	if name := serviceName(number, j.Protocol()); name != "" && !j.Numeric {
		service = name
	}
	fmt.Fprintf(t.Stderr, "Connection to %s %s port [%s/%s] succeeded!\n", host, port, j.Protocol(), service)
}

// hostAndIP is the host as it was given, and its address if that was a name.
func hostAndIP(host string, addr netip.AddrPort) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	return fmt.Sprintf("%s (%s)", host, addr.Addr())
}

func (v *openbsdMessages) Verdict(t *job.Task, err error) error {
	if text, told := openbsdText(err); !told {
		v.tell(t, "%s", text)
	}
	return status(err)
}

// openbsdText is what nc says of an error; told: it needs no word, or has had it.
func openbsdText(err error) (text string, told bool) {
	var target *job.TargetError
	var name *resolve.Error
	var listen *sock.ListenError
	var path *sock.UnixError
	var taken *sock.PathTakenError
	var refused *netio.RefusedError
	var option *sock.OptionError
	var proxy *proxy.Error
	var unwritten *netio.UnwrittenError
	switch {
	case errors.As(err, &unwritten):
		return fmt.Sprintf("write %s: %d bytes were not written", unwritten.Name, unwritten.Bytes), false
	case errors.Is(err, netio.ErrIdle), job.Is[*job.StatusError](err), job.Is[*job.SignalError](err):
		return "", true
	case errors.As(err, &name) && errors.As(err, &target):
		return fmt.Sprintf("getaddrinfo for host \"%s\" port %s: %s", target.Host, target.Port, name.Error()), false
	case errors.As(err, &name):
		return "getaddrinfo: " + name.Error(), false
	case errors.As(err, &path) && errors.As(err, &taken):
		return path.Path + ": " + sentence(taken.Err) + ": " + taken.Hint(), false
	case errors.As(err, &path):
		return path.Path + ": " + sentence(path.Err), false
	case errors.As(err, &refused):
		return "read: " + sentence(refused.Err), false
	case errors.As(err, &proxy):
		return openbsdProxy(proxy), false
	case errors.As(err, &option):
		return openbsdOption(option), false
	case errors.As(err, &listen):
		return sentence(listen.Err), false
	case job.Is[*netio.RaceError](err):
		return "", true
	}
	return operation(err), false
}

// openbsdOption is nc's words for a socket option that the system refused.
func openbsdOption(e *sock.OptionError) string {
	names := map[string][2]string{"type of service": {"IP ToS", "IPv6 traffic class"}, "ttl": {"IP TTL", "IPv6 unicast hops"},
		"least ttl": {"IP min TTL", "IPv6 min hop count"}, "receive buffer": {"TCP receive buffer size", "TCP receive buffer size"},
		"send buffer": {"TCP send buffer size", "TCP send buffer size"}}
	name, known := names[e.Name]
	switch {
	case !known:
		return "set " + e.Name + ": " + sentence(e.Err)
	case e.IPv6:
		return "set " + name[1] + ": " + sentence(e.Err)
	}
	return "set " + name[0] + ": " + sentence(e.Err)
}

// openbsdProxy is nc's words for what a proxy said.
func openbsdProxy(e *proxy.Error) string {
	switch {
	case e.Line != "":
		return fmt.Sprintf("Proxy error: %q", e.Line)
	case e.NoMethod:
		return "authentication method negotiation failed"
	case e.Protocol == "SOCKS4", e.Protocol == "SOCKS5":
		return fmt.Sprintf("connection failed, SOCKSv%s error: %s", e.Protocol[len("SOCKS"):], sentence(errors.New(e.Reason)))
	}
	return "proxy: " + e.Reason
}

// operation is an operation that failed, or any other error, as nc would put it.
func operation(err error) string {
	if op, ok := errors.AsType[*netio.OpError](err); ok {
		return op.Op + ": " + sentence(op.Err)
	}
	file, ok := errors.AsType[*outfile.Error](err)
	switch {
	case !ok:
		return err.Error()
	case file.Op == "sendmsg":
		return file.Op + ": " + sentence(file.Err)
	}
	return file.Op + " " + file.Name + ": " + sentence(file.Err)
}

// status is nc's status for an error: 1, but 0 where time ran out in a session, and a command's or
// a signal's own.
func status(err error) error {
	switch {
	case errors.Is(err, netio.ErrIdle) && !job.Is[*netio.UnwrittenError](err):
		return nil
	case job.Is[*job.StatusError](err), job.Is[*job.SignalError](err):
		return err
	}
	return &job.StatusError{Status: 1, Err: err}
}

// sentence is an error's cause as strerror(3) words it: Go's words, but with a capital.
func sentence(err error) string {
	var errno unix.Errno
	text := err.Error()
	if errors.As(err, &errno) {
		text = errno.Error()
	}
	if text != "" && text[0] >= 'a' && text[0] <= 'z' {
		text = string(text[0]-'a'+'A') + text[1:]
	}
	return text
}

// serviceName is the name of a port in services(5), or "".
func serviceName(port uint16, protocol string) string {
	s, _ := resolve.New().ServiceByPort(int(port), protocol)
	return s.Name
}
