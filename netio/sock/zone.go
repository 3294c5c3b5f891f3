package sock

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// A link-local address can be a different machine on each link. Its zone (RFC 4007) names the link.
// The kernel knows a zone by its interface's index; we keep and show the interface's name.

// zoneIndex returns the index of a zone, which is an interface's name or index; 0 for no zone. It
// tries the name first, as getaddrinfo(3) does: the name of an interface may be a number.
func zoneIndex(zone string) (uint32, error) {
	if zone == "" {
		return 0, nil
	}
	index, err := interfaceIndex(zone)
	if err == unix.ENODEV {
		if n, notNumber := strconv.ParseUint(zone, 10, 32); notNumber == nil {
			return uint32(n), nil
		}
	}
	return index, err
}

// withZoneIndex adds the zone of an index to an address, by the interface's name. If the interface
// has gone, the zone is the index. fd is any socket.
func withZoneIndex(fd int, addr netip.Addr, index uint32) netip.Addr {
	if index == 0 {
		return addr
	}
	name, err := interfaceName(fd, index)
	if err != nil {
		name = strconv.FormatUint(uint64(index), 10)
	}
	return addr.WithZone(name)
}

// NameZone replaces a zone, which is an interface's name or index, with the name that we show. An
// unknown zone stays as it is, and the error is ENODEV.
func NameZone(addr netip.Addr) (netip.Addr, error) {
	if addr.Zone() == "" {
		return addr, nil
	}
	index, err := zoneIndex(addr.Zone())
	if err != nil {
		return addr, err
	}
	fd, err := New(unix.AF_UNIX, unix.SOCK_DGRAM)
	if err != nil {
		return addr, err
	}
	defer unix.Close(fd)
	name, err := interfaceName(fd, index)
	if err != nil {
		return addr, err
	}
	return addr.WithZone(name), nil
}

// ZoneError is a failure with a link-local address that names no link.
type ZoneError struct {
	Addr netip.Addr
	Err  error
}

func (e *ZoneError) Error() string {
	return fmt.Sprintf("%v: a link-local address needs its interface; write %s%%INTERFACE", e.Err, e.Addr)
}

func (e *ZoneError) Unwrap() error { return e.Err }

// Zoneless wraps err in a *ZoneError if addr needs a zone and has none. A socket that is bound to
// an interface needs no zone.
func (o *Options) Zoneless(addr netip.Addr, err error) error {
	lacks := slices.ContainsFunc(zoneErrors, func(e error) bool { return errors.Is(err, e) })
	if lacks && o.Interface == "" && addr.Zone() == "" && isLinkLocal(addr) {
		return &ZoneError{addr, err}
	}
	return err
}

// zoneErrors are the errors of a missing zone: EINVAL on Linux, the others on the BSDs and macOS.
var zoneErrors = []error{unix.EINVAL, unix.EADDRNOTAVAIL, unix.EHOSTUNREACH, unix.ENETUNREACH}

// isLinkLocal reports whether a unicast or multicast address is valid on one link only.
func isLinkLocal(addr netip.Addr) bool {
	return addr.Is6() && (addr.IsLinkLocalUnicast() || addr.IsLinkLocalMulticast() || addr.IsInterfaceLocalMulticast())
}
