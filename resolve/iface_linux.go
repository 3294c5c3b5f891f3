package resolve

import (
	"cmp"
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"

	"golang.org/x/sys/unix"
)

// kernelInterfaces asks the kernel through netlink, see rtnetlink(7).
type kernelInterfaces struct{}

// errNetlink is a dump that the kernel ended with an error.
var errNetlink = errors.New("netlink: the kernel refused")

// netlinkDump asks for a table of the kernel and calls f with the body of each message of type
// want. Only the kernel answers, and at once, so the wait has no bound of its own.
func netlinkDump(ask, want uint16, f func(body []byte)) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	const bodyLen = 4 // struct rtgenmsg and its padding
	req := make([]byte, unix.NLMSG_HDRLEN+bodyLen)
	binary.NativeEndian.PutUint32(req[0:], uint32(len(req)))
	binary.NativeEndian.PutUint16(req[4:], ask)
	binary.NativeEndian.PutUint16(req[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	binary.NativeEndian.PutUint32(req[8:], 1)
	if err := unix.Sendto(fd, req, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	buf := make([]byte, 32<<10)
	for {
		n, from, err := unix.Recvfrom(fd, buf, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		if sender, ok := from.(*unix.SockaddrNetlink); !ok || sender.Pid != 0 {
			continue // not the kernel
		}
		done, err := netlinkMessages(buf[:n], want, f)
		if done || err != nil {
			return err
		}
	}
}

// netlinkMessages walks over the messages of one packet.
func netlinkMessages(b []byte, want uint16, f func(body []byte)) (done bool, err error) {
	for len(b) >= unix.NLMSG_HDRLEN {
		n := int(binary.NativeEndian.Uint32(b))
		if n < unix.NLMSG_HDRLEN || n > len(b) {
			return false, errNetlink
		}
		switch binary.NativeEndian.Uint16(b[4:]) {
		case unix.NLMSG_DONE:
			return true, nil
		case unix.NLMSG_ERROR:
			return false, errNetlink
		case want:
			f(b[unix.NLMSG_HDRLEN:n])
		}
		b = b[min(align4(n), len(b)):]
	}
	return false, nil
}

func align4(n int) int { return (n + 3) &^ 3 }

// attributes calls f for each routing attribute, see rtnetlink(7).
func attributes(b []byte, f func(kind uint16, value []byte)) {
	for len(b) >= unix.SizeofRtAttr {
		n := int(binary.NativeEndian.Uint16(b))
		if n < unix.SizeofRtAttr || n > len(b) {
			return
		}
		const flags = unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER
		f(binary.NativeEndian.Uint16(b[2:])&^uint16(flags), b[unix.SizeofRtAttr:n])
		b = b[min(align4(n), len(b)):]
	}
}

// Addresses lists the addresses of all interfaces, up or down.
func (kernelInterfaces) Addresses() ([]InterfaceAddr, error) {
	var list []InterfaceAddr
	err := netlinkDump(unix.RTM_GETADDR, unix.RTM_NEWADDR, func(b []byte) {
		if len(b) < unix.SizeofIfAddrmsg {
			return
		}
		family, bits, flags, scope := b[0], b[1], b[2], b[3]
		if family != unix.AF_INET && family != unix.AF_INET6 {
			return
		}
		a := InterfaceAddr{
			Bits:       int(bits),
			Index:      binary.NativeEndian.Uint32(b[4:]),
			Deprecated: flags&(unix.IFA_F_DEPRECATED|unix.IFA_F_OPTIMISTIC) != 0,
			Home:       flags&unix.IFA_F_HOMEADDRESS != 0,
			HostScope:  scope == unix.RT_SCOPE_HOST || scope == unix.RT_SCOPE_NOWHERE,
			LinkScope:  scope == unix.RT_SCOPE_LINK,
		}
		attributes(b[unix.SizeofIfAddrmsg:], func(kind uint16, value []byte) {
			addr, ok := netip.AddrFromSlice(value)
			switch {
			case kind == unix.IFA_ADDRESS && ok:
				a.Addr = addr
			case kind == unix.IFA_LOCAL && ok:
				a.Local = addr
			}
		})
		if !a.Local.IsValid() {
			a.Local = a.Addr
		} else if !a.Addr.IsValid() {
			a.Addr = a.Local
		}
		if a.Addr.IsValid() {
			list = append(list, a)
		}
	})
	return list, err
}

// Index finds an interface by name, as if_nametoindex(3) does.
func (kernelInterfaces) Index(name string) uint32 {
	req, err := unix.NewIfreq(name)
	if err != nil {
		return 0 // too long for a name, or empty
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	defer unix.Close(fd)
	if unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, req) != nil {
		return 0
	}
	return req.Uint32()
}

// Native reports for each interface whether it is no tunnel of IPv4 or IPv6 in IPv4 or IPv6.
func (kernelInterfaces) Native() (map[uint32]bool, error) {
	native := make(map[uint32]bool)
	err := netlinkDump(unix.RTM_GETLINK, unix.RTM_NEWLINK, func(b []byte) {
		if len(b) < unix.SizeofIfInfomsg {
			return
		}
		kind := binary.NativeEndian.Uint16(b[2:])
		tunnel := kind == unix.ARPHRD_TUNNEL || kind == unix.ARPHRD_TUNNEL6 || kind == unix.ARPHRD_SIT
		native[binary.NativeEndian.Uint32(b[4:])] = !tunnel
	})
	return native, err
}

// Gateways lists the gateways of the main table's default routes, IPv4 before
// IPv6 and then by metric.
func (kernelInterfaces) Gateways() ([]Gateway, error) {
	type ranked struct {
		Gateway
		metric uint32
	}
	var list []ranked
	err := netlinkDump(unix.RTM_GETROUTE, unix.RTM_NEWROUTE, func(b []byte) {
		if len(b) < unix.SizeofRtMsg {
			return
		}
		dstLen, table, scope, kind := b[1], b[4], b[6], b[7]
		if dstLen != 0 || table != unix.RT_TABLE_MAIN || kind != unix.RTN_UNICAST ||
			scope != unix.RT_SCOPE_UNIVERSE {
			return
		}
		var g ranked
		attributes(b[unix.SizeofRtMsg:], func(kind uint16, value []byte) {
			switch addr, ok := netip.AddrFromSlice(value); {
			case kind == unix.RTA_GATEWAY && ok:
				g.Addr = addr
			case kind == unix.RTA_OIF && len(value) == 4:
				g.Index = binary.NativeEndian.Uint32(value)
			case kind == unix.RTA_PRIORITY && len(value) == 4:
				g.metric = binary.NativeEndian.Uint32(value)
			}
		})
		if g.Addr.IsValid() {
			list = append(list, g)
		}
	})
	slices.SortStableFunc(list, func(x, y ranked) int {
		return cmp.Or(preferFact(x.Addr.Is4(), y.Addr.Is4()), cmp.Compare(x.metric, y.metric))
	})
	gateways := make([]Gateway, len(list))
	for i, g := range list {
		gateways[i] = g.Gateway
	}
	return gateways, err
}
