package netio

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// SocketOptions are what a socket is told before it is connected or bound. The zero value says nothing, but where 0
// means something: TOS, TTL and MinTTL are one more than what they say.
type SocketOptions struct {
	TOS, TTL, MinTTL       int
	RecvBuffer, SendBuffer int           // bytes
	KeepAlive              bool          // with the system's times
	KeepAliveEvery         time.Duration // between probes, and before the first
	Interface              string        // the only one that is used
	Broadcast, Debug       bool
}

// OptionError is a socket option that the system refused.
type OptionError struct {
	Name string
	Err  error
}

func (e *OptionError) Error() string { return fmt.Sprintf("set %s: %v", e.Name, e.Err) }
func (e *OptionError) Unwrap() error { return e.Err }

// apply sets the options on a socket of that family.
func (o *SocketOptions) apply(fd, family int) error {
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
			failed = &OptionError{name, err}
		}
	}
	set(o.TOS > 0, "type of service", level, tos, o.TOS-1)
	set(o.TTL > 0, "ttl", level, ttl, o.TTL-1)
	set(o.RecvBuffer > 0, "receive buffer", unix.SOL_SOCKET, unix.SO_RCVBUF, o.RecvBuffer)
	set(o.SendBuffer > 0, "send buffer", unix.SOL_SOCKET, unix.SO_SNDBUF, o.SendBuffer)
	set(o.KeepAlive || o.KeepAliveEvery > 0, "keepalive", unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
	set(o.Broadcast, "broadcast", unix.SOL_SOCKET, unix.SO_BROADCAST, 1)
	set(o.Debug, "debug", unix.SOL_SOCKET, unix.SO_DEBUG, 1)
	if o.MinTTL > 0 && failed == nil {
		failed = wrapOption("least ttl", setMinTTL(fd, family, o.MinTTL-1))
	}
	if o.KeepAliveEvery > 0 && failed == nil {
		failed = wrapOption("keepalive", setKeepAlive(fd, max(1, int(o.KeepAliveEvery/time.Second))))
	}
	if o.Interface != "" && failed == nil {
		failed = wrapOption("interface", bindToInterface(fd, family, o.Interface))
	}
	return failed
}

func wrapOption(name string, err error) error {
	if err == nil {
		return nil
	}
	return &OptionError{name, err}
}
