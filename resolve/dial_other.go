//go:build !linux

package resolve

import (
	"context"
	"net"
	"net/netip"
)

// dialServer connects to a name server. Connected datagram sockets report what the system lets
// them.
func dialServer(ctx context.Context, network string, server netip.AddrPort) (Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, server.String())
}
