// Package resolve turns names and services into addresses, in the order in which they should be tried.
package resolve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// Query is what to look up.
type Query struct {
	Host    string // a name or an address; "" is the wildcard address of a listener
	Service string // a port number or a service name
	Network string // "ip", "ip4" or "ip6"
	Numeric bool   // no lookup: both must be numbers
}

// Error is a name or a service that was not resolved.
type Error struct {
	Name   string
	Reason string
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Name, e.Reason) }

// Lookup answers q.
func Lookup(ctx context.Context, q Query) ([]netip.AddrPort, error) {
	port, err := lookupPort(ctx, q)
	if err != nil {
		return nil, err
	}
	ips, err := lookupHost(ctx, q)
	if err != nil {
		return nil, err
	}
	addrs := make([]netip.AddrPort, len(ips))
	for i, ip := range ips {
		addrs[i] = netip.AddrPortFrom(ip.Unmap(), port)
	}
	return addrs, nil
}

func lookupPort(ctx context.Context, q Query) (uint16, error) {
	port, err := net.DefaultResolver.LookupPort(ctx, "tcp", q.Service)
	if err != nil || q.Numeric && (q.Service[0] < '0' || q.Service[0] > '9') {
		return 0, &Error{q.Service, "Servname not supported for ai_socktype"}
	}
	return uint16(port), nil
}

func lookupHost(ctx context.Context, q Query) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(q.Host); err == nil {
		if q.Network == "ip4" && !ip.Unmap().Is4() || q.Network == "ip6" && ip.Is4() {
			return nil, &Error{q.Host, "Address family for hostname not supported"}
		}
		return []netip.Addr{ip}, nil
	}
	if q.Numeric {
		return nil, &Error{q.Host, "Name or service not known"}
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, q.Network, q.Host)
	var dns *net.DNSError
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.As(err, &dns) && dns.IsNotFound:
		return nil, &Error{q.Host, "Name or service not known"}
	case err != nil:
		return nil, &Error{q.Host, "Temporary failure in name resolution"}
	}
	return ips, nil
}
