package job

import (
	"net/netip"

	"gnc/netio"
	"gnc/netio/address"
	"gnc/netio/sock"
)

// bind makes the listener, or for datagrams the hearer, and returns its addresses.
func (l *listening) bind(addrs []netip.AddrPort) (at []netip.AddrPort, err error) {
	j, sockets := l.job, l.job.Inherited
	switch {
	case j.Kind.IsPackets() && len(sockets) > 0:
		l.packets = l.loop.InheritPackets(sockets[0], j.KeepOpen, l.options())
		return inheritedAddrs(sockets), nil
	case j.Kind == UnixPackets:
		if l.packets, err = l.loop.ListenUnixPackets(j.Target.Host, j.KeepOpen); err == nil && j.LeavePath {
			l.packets.LeavePath()
		}
		return nil, err
	}
	err = l.bindEach(addrs, func(addrs []netip.AddrPort) (err error) {
		if j.Kind.IsPackets() {
			if l.packets, err = l.loop.ListenPackets(addrs, j.KeepOpen, l.options()); err == nil {
				at = l.packets.Addrs()
			}
			return err
		}
		l.listener, at, err = listenStream(l.loop, j.Kind, j.Target, sockets, addrs, l.options())
		return err
	})
	if err == nil && j.Kind == Unix && j.LeavePath {
		l.listener.LeavePath()
	}
	return at, err
}

// listenStream listens for streams of any kind: on the inherited sockets, if there are any, or else at the target. at are
// the addresses, none for a socket without IP addresses.
func listenStream(l *netio.Loop, k Kind, t address.Target, sockets []sock.Inherited, addrs []netip.AddrPort,
	o netio.ListenOptions) (ln *netio.Listener, at []netip.AddrPort, err error) {
	switch {
	case len(sockets) > 0:
		return l.InheritListener(sockets, o), inheritedAddrs(sockets), nil
	case k.IsUnix():
		ln, err = l.ListenUnix(t.Host, o)
	case k == Vsock:
		ln, err = l.ListenVsock(vsockOf(t, true), o)
	default:
		if ln, err = l.Listen(addrs, o); err == nil {
			at = ln.Addrs()
		}
	}
	return ln, at, err
}

// dualStack reports whether the IPv6 wildcard takes IPv4 too.
func (j *Listen) dualStack() bool {
	return j.Target.Host == "" && j.Network == "ip" || j.MappedIPv4
}

func (l *listening) options() netio.ListenOptions {
	o := netio.ListenOptions{
		BindOptions: sock.BindOptions{Socket: l.socket(&l.job.Session), Backlog: l.job.Backlog, ReusePort: l.job.ReusePort,
			DualStack: l.job.dualStack()},
		Full:      l.full,
		MakeWay:   l.service.makeWay,
		OnStarved: func(err error) { l.say(0, "accepting has to wait: %v", err) },
		OnFailure: l.stop,
	}
	o.Socket.NoticeVanished = l.job.KeepOpen && l.job.Kind == TCP
	if !l.access.Empty() {
		o.Admit = l.admit
	}
	return o
}

// bindEach has bind bind all the addresses, or the first that can be bound where one is enough.
func (l *listening) bindEach(addrs []netip.AddrPort, bind func([]netip.AddrPort) error) (err error) {
	if !l.job.FirstAddress || len(addrs) == 0 {
		return bind(addrs)
	}
	for i := range addrs {
		if err = bind(addrs[i : i+1]); err == nil {
			break
		}
	}
	return err
}

// inheritedAddrs are the addresses of sockets; none for a Unix socket.
func inheritedAddrs(sockets []sock.Inherited) []netip.AddrPort {
	var addrs []netip.AddrPort
	for _, s := range sockets {
		if !s.Unix() {
			addrs = append(addrs, s.Addr)
		}
	}
	return addrs
}
