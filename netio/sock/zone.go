package sock

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// A link-local address may be another machine on each link. Its zone (RFC 4007) says which link is
// meant. The kernel knows a zone by its interface's index; we keep and show the interface's name.

// zoneIndex is the index of a zone, which is an interface's name or index; 0 for no zone. A name
// comes first, as in getaddrinfo(3): an interface's name may be a number.
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

// withZoneIndex gives an address the zone of an index, by its name. If the interface has gone, the
// zone is the index. fd is any socket.
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

// NameZone replaces a zone, which is an interface's name or index, by the name that we show. An
// unknown zone stays as it is, with the error ENODEV.
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

// ZoneError is a failure of a link-local address that does not say on which link.
type ZoneError struct {
	Addr netip.Addr
	Err  error
}

func (e *ZoneError) Error() string {
	return fmt.Sprintf("%v: a link-local address needs its interface; write %s%%INTERFACE", e.Err, e.Addr)
}

func (e *ZoneError) Unwrap() error { return e.Err }

// Zoneless makes a *ZoneError of err if a system refuses an address in this way for want of a
// zone. A socket that is bound to an interface needs no zone.
func (o *Options) Zoneless(addr netip.Addr, err error) error {
	lacks := slices.ContainsFunc(zoneErrors, func(e error) bool { return errors.Is(err, e) })
	if lacks && o.Interface == "" && addr.Zone() == "" && isLinkLocal(addr) {
		return &ZoneError{addr, err}
	}
	return err
}

// zoneErrors are Linux's EINVAL and what the BSDs and macOS say.
var zoneErrors = []error{unix.EINVAL, unix.EADDRNOTAVAIL, unix.EHOSTUNREACH, unix.ENETUNREACH}

// isLinkLocal reports whether an address, of one machine or of a group, is valid on one link only.
func isLinkLocal(addr netip.Addr) bool {
	return addr.Is6() && (addr.IsLinkLocalUnicast() || addr.IsLinkLocalMulticast() || addr.IsInterfaceLocalMulticast())
}
