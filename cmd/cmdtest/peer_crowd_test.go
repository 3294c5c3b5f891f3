package cmdtest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

// crowdPeer has so many clients connect before the first of them says a line and half-closes. Each must be served to an
// orderly end.
func crowdPeer(count, address string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	ends := make(chan error, n)
	begin := make(chan struct{})
	for i := range n {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		go func() {
			<-begin
			defer c.Close()
			c.SetDeadline(time.Now().Add(patience))
			_, err := fmt.Fprintf(c, "line %d\n", i)
			err = errors.Join(err, c.(*net.TCPConn).CloseWrite())
			if err == nil {
				_, err = io.Copy(io.Discard, c)
			}
			ends <- err
		}()
	}
	close(begin)
	for range n {
		err = errors.Join(err, <-ends)
	}
	return err
}
