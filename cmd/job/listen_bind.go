package job

import (
	"net/netip"

	"gnc/netio"
	"gnc/netio/sock"
)

// bind makes the listener, or for datagrams the hearer, and returns its addresses.
func (l *listening) bind(addrs []netip.AddrPort) (at []netip.AddrPort, err error) {
	if sockets := l.job.Inherited; len(sockets) > 0 {
		if l.job.Kind.IsPackets() {
			l.packets = l.loop.InheritPackets(sockets[0], l.job.KeepOpen, l.options())
		} else {
			l.listener = l.loop.InheritListener(sockets, l.options())
		}
		return inheritedAddrs(sockets), nil
	}
	switch l.job.Kind {
	case Unix:
		if l.listener, err = l.loop.ListenUnix(l.job.Target.Host, l.options()); err == nil && l.job.LeavePath {
			l.listener.LeavePath()
		}
		return nil, err
	case Vsock:
		l.listener, err = l.loop.ListenVsock(vsockOf(l.job.Target, true), l.options())
		return nil, err
	case UnixPackets:
		if l.packets, err = l.loop.ListenUnixPackets(l.job.Target.Host, l.job.KeepOpen); err == nil && l.job.LeavePath {
			l.packets.LeavePath()
		}
		return nil, err
	case UDP:
		err = l.bindEach(addrs, func(addrs []netip.AddrPort) (err error) {
			if l.packets, err = l.loop.ListenPackets(addrs, l.job.KeepOpen, l.options()); err == nil {
				at = l.packets.Addrs()
			}
			return err
		})
		return at, err
	}
	err = l.bindEach(addrs, func(addrs []netip.AddrPort) (err error) {
		if l.listener, err = l.loop.Listen(addrs, l.options()); err == nil {
			at = l.listener.Addrs()
		}
		return err
	})
	return at, err
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
	if !l.job.FirstAddress {
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
