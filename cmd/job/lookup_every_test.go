package job

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"testing/fstest"

	"gnc/netio/access"
	"gnc/netio/address"
	"gnc/netio/sock"
	"gnc/resolve"
)

// oneGateway is a machine whose default gateway is link-local, on an interface.
type oneGateway struct{ index uint32 }

func (oneGateway) Addresses() ([]resolve.InterfaceAddr, error) { return nil, nil }
func (oneGateway) Index(string) uint32                         { return 0 }
func (oneGateway) Native() (map[uint32]bool, error)            { return nil, nil }
func (g oneGateway) Gateways() ([]resolve.Gateway, error) {
	return []resolve.Gateway{{Addr: netip.MustParseAddr("fe80::1"), Index: g.index}}, nil
}

// TestEveryAddress: an address that is found with a zone keeps it, by the interface's name. A
// mapped address is an IPv4 one.
func TestEveryAddress(t *testing.T) {
	list, err := net.Interfaces()
	if err != nil || len(list) == 0 {
		t.Skip("no interfaces")
	}
	r := &resolve.Resolver{
		Root: fstest.MapFS{
			"etc/nsswitch.conf": {Data: []byte("hosts: files myhostname\n")},
			"etc/hosts":         {Data: []byte("::ffff:192.0.2.1 mapped\n192.0.2.2 mapped\n")},
		},
		Getenv:     everyLine().Getenv,
		Hostname:   func() (string, error) { return "", nil },
		Interfaces: oneGateway{uint32(list[0].Index)},
	}
	for name, want := range map[string]string{
		"_gateway": fmt.Sprintf("[{fe80::1/128 %s }]", list[0].Name),
		"mapped":   "[{192.0.2.1/32  } {192.0.2.2/32  }]",
	} {
		q := query{Target: address.Target{Host: name, Port: "0"}, network: "ip"}
		addrs, err := q.everyAddress(context.Background(), r, sock.Families{IP4: true, IP6: true})
		var specs []access.Spec
		for _, a := range addrs {
			specs = append(specs, access.Address(a))
		}
		if got := fmt.Sprint(specs); got != want || err != nil {
			t.Errorf("%s: %s, %v; want %s", name, got, err, want)
		}
	}
}
