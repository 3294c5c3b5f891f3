package sock

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Source is the local address and port of a connecting socket. The system chooses unset ones.
type Source struct {
	Addr4, Addr6 netip.Addr // by the destination's family; not valid: any
	Port         uint16
}

// BindSource binds a socket that will connect to addr.
func BindSource(fd int, addr netip.AddrPort, o Options, src Source) error {
	from := src.Addr6
	if addr.Addr().Is4() {
		from = src.Addr4
	}
	if !from.IsValid() && src.Port == 0 {
		if src.Addr4.IsValid() || src.Addr6.IsValid() {
			return fmt.Errorf("the source address is of the other family: %w", unix.EAFNOSUPPORT)
		}
		return nil
	}
	if !from.IsValid() {
		from = netip.IPv6Unspecified()
		if addr.Addr().Is4() {
			from = netip.IPv4Unspecified()
		}
	}
	if src.Port != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
			return err
		}
	}
	sa, _, err := ToSockaddr(netip.AddrPortFrom(from, src.Port))
	if err == nil {
		err = o.Zoneless(from, unix.Bind(fd, sa))
	}
	if err != nil {
		return &BindError{Addr: netip.AddrPortFrom(from, src.Port), Err: err}
	}
	return nil
}

// BindError is a failure to bind a source address.
type BindError struct {
	Addr netip.AddrPort
	Err  error
}

func (e *BindError) Error() string { return fmt.Sprintf("bind %s: %v", e.Addr, e.Err) }

func (e *BindError) Unwrap() error { return e.Err }
