package netio

import (
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// unixPacketEcho runs a server on a path in a new directory until stop. It must not end by itself.
func unixPacketEcho(t *testing.T, l *Loop) (dir string, stop func()) {
	t.Helper()
	dir = t.TempDir()
	s, err := NewUnixPacketEcho(l, dir+"/echo", func(err error) {
		t.Errorf("the server ended: %v", err)
		l.Stop()
	})
	must(t, err)
	ended := make(chan struct{})
	go func() { defer close(ended); runLoop(t, l) }()
	return dir, func() {
		l.Post(func() { s.Close(); l.Stop() })
		<-ended
	}
}

// unixPacketClient makes a datagram socket with that path.
func unixPacketClient(t *testing.T, path string) *net.UnixConn {
	t.Helper()
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	must(t, err)
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

// TestUnixPacketEchoTakesNoDescriptors passes descriptors along with datagrams. They must neither
// enter the server's table nor come back.
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

// TestUnixPacketEchoOutlivesClients sends from sockets that cannot be answered, each for another
// reason. The datagram is lost, and the next client is served.
func TestUnixPacketEchoOutlivesClients(t *testing.T) {
	for _, set := range []struct {
		name  string
		spoil func(t *testing.T, dir string) *net.UnixConn // a client that is about to send
	}{
		{"it no longer receives", func(t *testing.T, dir string) *net.UnixConn {
			c := unixPacketClient(t, dir+"/client")
			must(t, c.CloseRead())
			return c
		}},
		{"its path is below a file", func(t *testing.T, dir string) *net.UnixConn {
			c := clientBelow(t, dir)
			must(t, os.WriteFile(dir+"/below", nil, 0o600))
			return c
		}},
		{"its path goes round in a circle", func(t *testing.T, dir string) *net.UnixConn {
			c := clientBelow(t, dir)
			must(t, os.Symlink(dir+"/below", dir+"/below"))
			return c
		}},
		{"its path is a stream's", func(t *testing.T, dir string) *net.UnixConn {
			c := unixPacketClient(t, dir+"/client")
			must(t, os.Remove(dir+"/client"))
			ln, err := net.Listen("unix", dir+"/client")
			must(t, err)
			t.Cleanup(func() { ln.Close() })
			return c
		}},
	} {
		t.Run(set.name, func(t *testing.T) {
			onEach(t, func(t *testing.T, l *Loop) {
				dir, stop := unixPacketEcho(t, l)
				defer stop()
				server := &net.UnixAddr{Name: dir + "/echo", Net: "unixgram"}
				_, err := set.spoil(t, dir).WriteToUnix([]byte("lost"), server)
				must(t, err)
				c := unixPacketClient(t, dir+"/whole")
				_, err = c.WriteToUnix([]byte("whole"), server)
				must(t, err)
				b := make([]byte, 10)
				if n, err := c.Read(b); err != nil || string(b[:n]) != "whole" {
					t.Errorf("%q came back, %v", b[:n], err)
				}
			})
		})
	}
}

// clientBelow makes a client whose path, dir/below/client, is gone together with its directory.
func clientBelow(t *testing.T, dir string) *net.UnixConn {
	t.Helper()
	must(t, os.Mkdir(dir+"/below", 0o700))
	c := unixPacketClient(t, dir+"/below/client")
	must(t, os.RemoveAll(dir+"/below"))
	return c
}
