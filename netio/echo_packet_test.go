package netio

import (
	"bytes"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
	"time"
)

// TestPacketEcho sends datagrams of many sizes, the empty and the longest included, and many at once; each comes back
// whole, in order, from the address that was asked.
func TestPacketEcho(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		any6 := netip.AddrPortFrom(netip.IPv6Unspecified(), 0) // an IPv4 peer's datagram has control data of both families
		s, err := NewPacketEcho(l, []netip.AddrPort{any6}, ListenOptions{DualStack: true}, func(err error) { t.Error(err) })
		must(t, err)
		port := int(s.Addrs()[0].Port())
		ended := make(chan struct{})
		go func() { defer close(ended); runLoop(t, l) }()
		r := rand.New(rand.NewPCG(1, 7))
		for _, host := range []string{"127.0.0.1", "127.0.0.2", "::1"} { // a connected socket hears no other address
			c, err := net.DialUDP("udp", nil, &net.UDPAddr{IP: net.ParseIP(host), Port: port})
			must(t, err)
			c.SetReadBuffer(4 << 20)
			c.SetDeadline(time.Now().Add(10 * time.Second))
			for _, size := range []int{0, 1, 1472, 1473, 16384, 16385, MaxDatagram} {
				exchange(t, c, [][]byte{randomBytes(r, size)})
			}
			var burst [][]byte
			for range 100 {
				burst = append(burst, randomBytes(r, r.IntN(1000)))
			}
			exchange(t, c, burst)
			c.Close()
		}
		l.Post(func() { s.Close(); l.Stop() })
		<-ended
	})
}

func exchange(t *testing.T, c *net.UDPConn, datagrams [][]byte) {
	t.Helper()
	for _, d := range datagrams {
		_, err := c.Write(d)
		must(t, err)
	}
	b := make([]byte, MaxDatagram+1)
	for i, d := range datagrams {
		n, err := c.Read(b)
		if err != nil || !bytes.Equal(b[:n], d) {
			t.Fatalf("datagram %d of %d bytes came back as %d, %v", i, len(d), n, err)
		}
	}
}
