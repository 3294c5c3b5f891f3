package sock

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Options are set on a socket before it connects or binds. The zero value sets nothing. 0 is a
// valid TOS, TTL and MinTTL, so these fields hold the value plus one.
type Options struct {
	TOS, TTL, MinTTL       int
	RecvBuffer, SendBuffer int           // bytes
	KeepAlive              bool          // with the system's times
	KeepAliveEvery         time.Duration // between probes, and before the first; 3 unanswered end it
	NoticeVanished         bool          // a probe every 30 seconds, where the system can set that
	Interface              string        // use this one only
	Broadcast, Debug       bool
	MD5Key                 string       // sign TCP's segments, and accept only signed ones (RFC 2385)
	DCCP                   bool         // DCCP (RFC 4340) instead of TCP, where the system has it
	Hops                   []netip.Addr // of a connection over IPv4: loose source routing (RFC 791)
	HopPointer             int          // where the route begins; 0: at 4
}

// vanishedProbe is the time between probes for Options.NoticeVanished, in seconds. A vanished peer
// is noticed after two minutes.
const vanishedProbe = 30

// MaxHops is how many hops fit into an IPv4 header besides the destination.
const MaxHops = 8

// sockDCCP is Linux's SOCK_DCCP.
const sockDCCP = 6

// Kind returns the socket type to use for SOCK_STREAM or SOCK_DGRAM.
func (o *Options) Kind(kind int) int {
	if o.DCCP && kind == unix.SOCK_STREAM {
		return sockDCCP
	}
	return kind
}

// OptionError is a socket option that the system refused.
type OptionError struct {
	Name string
	IPv6 bool
	Err  error
}

func (e *OptionError) Error() string { return fmt.Sprintf("set %s: %v", e.Name, e.Err) }
func (e *OptionError) Unwrap() error { return e.Err }

// Apply sets the options on a socket of the given family.
func (o *Options) Apply(fd, family int) error {
	level, tos, ttl := unix.IPPROTO_IP, unix.IP_TOS, unix.IP_TTL
	if family == unix.AF_INET6 {
		level, tos, ttl = unix.IPPROTO_IPV6, unix.IPV6_TCLASS, unix.IPV6_UNICAST_HOPS
	}
	var failed error
	set := func(wanted bool, name string, level, option, value int) {
		if !wanted || failed != nil {
			return
		}
		if err := unix.SetsockoptInt(fd, level, option, value); err != nil {
			failed = &OptionError{name, family == unix.AF_INET6, err}
		}
	}
	set(o.TOS > 0, "type of service", level, tos, o.TOS-1)
	set(o.TTL > 0, "ttl", level, ttl, o.TTL-1)
	set(o.RecvBuffer > 0, "receive buffer", unix.SOL_SOCKET, unix.SO_RCVBUF, o.RecvBuffer)
	set(o.SendBuffer > 0, "send buffer", unix.SOL_SOCKET, unix.SO_SNDBUF, o.SendBuffer)
	set(o.KeepAlive || o.KeepAliveEvery > 0 || o.NoticeVanished, "keepalive", unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
	set(o.Broadcast, "broadcast", unix.SOL_SOCKET, unix.SO_BROADCAST, 1)
	set(o.Debug, "debug", unix.SOL_SOCKET, unix.SO_DEBUG, 1)
	if o.MinTTL > 0 && failed == nil {
		failed = wrapOption("least ttl", family, setMinTTL(fd, family, o.MinTTL-1))
	}
	if o.KeepAliveEvery > 0 && failed == nil {
		failed = wrapOption("keepalive", family, setKeepAlive(fd, max(1, int(o.KeepAliveEvery/time.Second))))
	}
	if o.KeepAliveEvery == 0 && o.NoticeVanished {
		setKeepAlive(fd, vanishedProbe) // if it fails, the system's own times remain
	}
	if o.Interface != "" && failed == nil {
		failed = wrapOption("interface", family, bindToInterface(fd, family, o.Interface))
	}
	if o.MD5Key != "" && failed == nil {
		failed = wrapOption("TCP MD5 signature", family, setMD5Key(fd, family, o.MD5Key))
	}
	return failed
}

// Route sets the source route to addr. Without hops it does nothing.
func (o *Options) Route(fd int, addr netip.Addr) error {
	if len(o.Hops) == 0 {
		return nil
	}
	if !addr.Is4() {
		return &OptionError{"source route", true, unix.EAFNOSUPPORT}
	}
	const looseRoute, noOperation = 131, 1 // IPOPT_LSRR, IPOPT_NOP
	pointer := byte(4)
	if o.HopPointer > 0 {
		pointer = byte(o.HopPointer)
	}
	option := []byte{looseRoute, byte(3 + 4*(len(o.Hops)+1)), pointer}
	for _, hop := range append(slices.Clone(o.Hops), addr) {
		option = append(option, hop.AsSlice()...)
	}
	option = append(option, noOperation)
	return wrapOption("source route", unix.AF_INET, unix.SetsockoptString(fd, unix.IPPROTO_IP, unix.IP_OPTIONS, string(option)))
}

func wrapOption(name string, family int, err error) error {
	if err == nil {
		return nil
	}
	return &OptionError{name, family == unix.AF_INET6, err}
}

// Reset makes the next close of a TCP socket a reset. Data that the peer has not taken is lost.
func Reset(fd int) {
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
}
