package netio

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestEchoFaults checks that each fault does its work, on one connection.
func TestEchoFaults(t *testing.T) {
	data := []byte("0123456789abcdefghij")
	// talk sends data, half-closes, and returns everything that comes back, one piece for each
	// read.
	talk := func(t *testing.T, l *Loop, f Faults, rate int64) (pieces []string, took time.Duration, err error) {
		addr, stop := echoServer(t, l, EchoOptions{Faults: f, Rate: rate})
		defer stop()
		c, err := net.Dial("tcp", addr)
		must(t, err)
		defer c.Close()
		begin := time.Now()
		c.Write(data)
		if f.StallAfter == 0 {
			c.(*net.TCPConn).CloseWrite()
		} else {
			c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		}
		b := make([]byte, 100)
		for {
			n, err := c.Read(b)
			if n > 0 {
				pieces = append(pieces, string(b[:n]))
			}
			if err != nil {
				return pieces, time.Since(begin), err
			}
		}
	}
	whole := func(pieces []string) (s string) {
		for _, p := range pieces {
			s += p
		}
		return s
	}
	onEach(t, func(t *testing.T, l *Loop) {
		if p, took, err := talk(t, l, Faults{Delay: 100 * time.Millisecond}, 0); whole(p) != string(data) || err != io.EOF || took < 100*time.Millisecond {
			t.Errorf("delay: %q after %v, %v", p, took, err)
		}
		if p, _, err := talk(t, l, Faults{Chunk: 3}, 0); whole(p) != string(data) || err != io.EOF {
			t.Errorf("chunk: %q, %v", p, err)
		}
		if p, _, err := talk(t, l, Faults{CorruptEvery: 10}, 0); whole(p) != "012345678\xc6abcdefghi\x95" || err != io.EOF {
			t.Errorf("corrupt-every: %q, %v", p, err)
		}
		if p, _, err := talk(t, l, Faults{CloseAfter: 7}, 0); whole(p) != "0123456" || err != io.EOF {
			t.Errorf("close-after: %q, %v", p, err)
		}
		if p, _, err := talk(t, l, Faults{StallAfter: 5}, 0); whole(p) != "01234" || !isTimeout(err) {
			t.Errorf("stall-after: %q, %v", p, err)
		}
		if p, _, err := talk(t, l, Faults{ResetAfter: 7}, 0); len(whole(p)) > 7 || err == io.EOF || isTimeout(err) {
			t.Errorf("reset-after: %q, %v", p, err)
		}
		if p, took, err := talk(t, l, Faults{}, 100); whole(p) != string(data) || err != io.EOF || took < 100*time.Millisecond {
			t.Errorf("rate: %q after %v, %v", p, took, err)
		}
	})
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}

// TestHangUpInOrder has a client end after the server has, while the server may not read. That is
// no reset, and nothing to wait for.
func TestHangUpInOrder(t *testing.T) {
	onEach(t, func(t *testing.T, l *Loop) {
		type end struct {
			received, sent int64
			err            error
			mayRead        bool
		}
		closed := make(chan end, 1)
		addr, stop := echoServer(t, l, EchoOptions{
			Faults: Faults{CloseAfter: 5, Delay: 100 * time.Millisecond},
			OnClose: func(_ uint32, c *Conn, received, sent int64, err error) {
				closed <- end{received, sent, err, c.source.gate.limit.open()}
			},
		})
		defer stop()
		c, err := net.Dial("tcp", addr)
		must(t, err)
		defer c.Close()
		c.Write([]byte("0123456789"))
		if got, err := io.ReadAll(c); string(got) != "01234" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		c.Write([]byte("more"))
		c.(*net.TCPConn).CloseWrite()
		if got, want := <-closed, (end{received: 14, sent: 5, mayRead: hearsNoHangUp(t)}); got != want {
			t.Errorf("the connection ended with %+v, want %+v", got, want)
		}
	})
}

// hearsNoHangUp reports whether the test runs on select(2), which does not report a hang-up without
// interest.
func hearsNoHangUp(t *testing.T) bool { return strings.HasSuffix(t.Name(), "/select") }
