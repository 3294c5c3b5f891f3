// Echo_gnet is the echo server on gnet with one event loop, reading without a copy.
//
//	usage: echo_gnet [--port-file FILE] HOST PORT
//
// It has no back-pressure: gnet buffers without bound what a client does not read.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"syscall"

	"github.com/panjf2000/gnet/v2"
	"github.com/panjf2000/gnet/v2/pkg/logging"

	"gnc/bench/internal/announce"
)

type server struct {
	gnet.BuiltinEventEngine
	portFile string
}

func (s *server) OnBoot(engine gnet.Engine) gnet.Action {
	port, err := boundPort(engine)
	if err == nil {
		err = announce.Port(port, s.portFile)
	}
	if err != nil {
		log.Print(err)
		return gnet.Shutdown
	}
	return gnet.None
}

// boundPort asks the kernel: gnet does not report which port it got for port 0.
func boundPort(engine gnet.Engine) (int, error) {
	fd, err := engine.Dup()
	if err != nil {
		return 0, err
	}
	defer syscall.Close(fd)
	address, err := syscall.Getsockname(fd)
	if err != nil {
		return 0, err
	}
	in, ok := address.(*syscall.SockaddrInet4)
	if !ok {
		return 0, fmt.Errorf("not an IPv4 address: %v", address)
	}
	return in.Port, nil
}

func (s *server) OnTraffic(conn gnet.Conn) gnet.Action {
	message, err := conn.Next(-1)
	if err != nil {
		return gnet.Close
	}
	if _, err := conn.Write(message); err != nil {
		return gnet.Close
	}
	return gnet.None
}

func main() {
	log.SetFlags(0)
	portFile := flag.String("port-file", "", "where to write the port")
	flag.Parse()
	if flag.NArg() != 2 {
		log.Fatal("usage: echo_gnet [--port-file FILE] HOST PORT")
	}
	err := gnet.Run(&server{portFile: *portFile}, "tcp://"+net.JoinHostPort(flag.Arg(0), flag.Arg(1)),
		gnet.WithNumEventLoop(1), gnet.WithReuseAddr(true), gnet.WithLogLevel(logging.ErrorLevel))
	if err != nil {
		log.Fatal(err)
	}
}
