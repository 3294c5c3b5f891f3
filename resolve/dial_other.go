//go:build !linux

package resolve

import (
	"context"
	"net"
	"net/netip"
)

// dialServer connects to a name server. Which ICMP errors a datagram socket reports depends on the
// system.
func dialServer(ctx context.Context, network string, server netip.AddrPort) (Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, server.String())
}
