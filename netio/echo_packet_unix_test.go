package netio

import (
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// unixPacketEcho runs a server on a path in a new directory until stop. It must not end by itself.
func unixPacketEcho(t *testing.T, l *Loop) (dir string, stop func()) {
	t.Helper()
	dir = t.TempDir()
	s, err := NewUnixPacketEcho(l, dir+"/echo", func(err error) { t.Errorf("the server ended: %v", err) })
	must(t, err)
	ended := make(chan struct{})
	go func() { defer close(ended); runLoop(t, l) }()
	return dir, func() {
		l.Post(func() { s.Close(); l.Stop() })
		<-ended
	}
}

// unixPacketClient is a datagram socket of that path.
func unixPacketClient(t *testing.T, path string) *net.UnixConn {
	t.Helper()
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	must(t, err)
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// TestUnixPacketEchoTakesNoDescriptors: what a client passes along with its datagrams stays out of the server's table, and
// does not come back.
func TestUnixPacketEchoTakesNoDescriptors(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		dir, stop := unixPacketEcho(t, l)
		defer stop()
		c := unixPacketClient(t, dir+"/client")
		before := openDescriptors(t)
		rights := unix.UnixRights(0, 1, 2)
		for range 10 {
			_, _, err := c.WriteMsgUnix([]byte("x"), rights, &net.UnixAddr{Name: dir + "/echo", Net: "unixgram"})
			must(t, err)
			b, control := make([]byte, 10), make([]byte, 100)
			n, size, _, _, err := c.ReadMsgUnix(b, control)
			if err != nil || string(b[:n]) != "x" || size != 0 {
				t.Fatalf("%q with %d bytes of control data came back, %v", b[:n], size, err)
			}
		}
		if after := openDescriptors(t); after != before {
			t.Errorf("%d descriptors, %d before", after, before)
		}
	})
}
