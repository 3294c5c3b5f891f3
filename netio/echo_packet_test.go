package netio

import (
	"bytes"
	"math/rand/v2"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// TestPacketEcho sends datagrams of many sizes, with the empty and the longest, and many at once.
// Each must come back whole, in order, from the address that was asked.
func TestPacketEcho(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		any6 := netip.AddrPortFrom(netip.IPv6Unspecified(), 0) // IPv4 peers: control data of both
		s, err := NewPacketEcho(l, []netip.AddrPort{any6}, ListenOptions{BindOptions: sock.BindOptions{DualStack: true}}, func(err error) { t.Error(err) })
		must(t, err)
		port := int(s.Addrs()[0].Port())
		ended := make(chan struct{})
		go func() { defer close(ended); runLoop(t, l) }()
		r := rand.New(rand.NewPCG(1, 7))
		for _, host := range []string{"127.0.0.1", "127.0.0.2", "::1"} { // the client accepts no other
			c, err := net.DialUDP("udp", nil, &net.UDPAddr{IP: net.ParseIP(host), Port: port})
			must(t, err)
			c.SetReadBuffer(4 << 20)
			c.SetDeadline(time.Now().Add(10 * time.Second))
			for _, size := range []int{0, 1, 1472, 1473, 16384, 16385, sock.MaxDatagram} {
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

// TestUnixPacketEcho does the same on a Unix socket, whose datagrams can be longer.
func TestUnixPacketEcho(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		dir := t.TempDir()
		s, err := NewUnixPacketEcho(l, dir+"/echo", func(err error) { t.Error(err) })
		must(t, err)
		ended := make(chan struct{})
		go func() { defer close(ended); runLoop(t, l) }()
		c, err := net.DialUnix("unixgram", &net.UnixAddr{Name: dir + "/own", Net: "unixgram"},
			&net.UnixAddr{Name: dir + "/echo", Net: "unixgram"})
		must(t, err)
		c.SetDeadline(time.Now().Add(10 * time.Second))
		r := rand.New(rand.NewPCG(1, 8))
		c.SetWriteBuffer(1 << 20) // or as much as the system allows
		for _, size := range []int{0, 1, sock.MaxDatagram + 1, 100_000, 150_000} {
			exchange(t, c, [][]byte{randomBytes(r, size)})
		}
		c.Close()
		l.Post(func() { s.Close(); l.Stop() })
		<-ended
	})
}

// TestPacketEchoCutsNothing sends a datagram that is too long. It must be lost, not come back cut.
func TestPacketEchoCutsNothing(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		fds, err := sock.BindAll([]netip.AddrPort{loopback}, sock.BindOptions{}, unix.SOCK_DGRAM)
		must(t, err)
		s, err := newPacketEcho(l, fds, 100, func(err error) { t.Error(err) })
		must(t, err)
		ended := make(chan struct{})
		go func() { defer close(ended); runLoop(t, l) }()
		c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(s.Addrs()[0]))
		must(t, err)
		c.SetDeadline(time.Now().Add(10 * time.Second))
		short := bytes.Repeat([]byte("s"), 100)
		for _, d := range [][]byte{short, bytes.Repeat([]byte("l"), 101), short, bytes.Repeat([]byte("l"), 1000)} {
			c.Write(d)
		}
		exchange(t, c, [][]byte{short, short, short}) // two have come back, one is left
		c.Close()
		l.Post(func() { s.Close(); l.Stop() })
		<-ended
	})
}

func exchange(t *testing.T, c net.Conn, datagrams [][]byte) {
	t.Helper()
	for _, d := range datagrams {
		_, err := c.Write(d)
		must(t, err)
	}
	b := make([]byte, 1<<20)
	for i, d := range datagrams {
		n, err := c.Read(b)
		if err != nil || !bytes.Equal(b[:n], d) {
			t.Fatalf("datagram %d of %d bytes came back as %d, %v", i, len(d), n, err)
		}
	}
}
