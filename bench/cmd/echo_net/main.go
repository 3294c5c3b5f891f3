// Echo_net is the echo server as most Go programs write it: package net, a goroutine and a buffer
// for each connection.
//
//	usage: echo_net [--port-file FILE] HOST PORT
package main

import (
	"flag"
	"log"
	"net"

	"gnc/bench/internal/announce"
)

// bufferSize is what a program that knows its requests to be small would choose; a larger one costs
// memory alone.
const bufferSize = 2048

func main() {
	log.SetFlags(0)
	portFile := flag.String("port-file", "", "where to write the port")
	flag.Parse()
	if flag.NArg() != 2 {
		log.Fatal("usage: echo_net [--port-file FILE] HOST PORT")
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(flag.Arg(0), flag.Arg(1)))
	if err != nil {
		log.Fatal(err)
	}
	if err := announce.Port(listener.Addr().(*net.TCPAddr).Port, *portFile); err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go echo(conn)
	}
}

// echo copies by hand: io.Copy would splice through a pipe, which for small messages is slower and
// costs descriptors.
func echo(conn net.Conn) {
	defer conn.Close()
	buffer := make([]byte, bufferSize)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		if _, err := conn.Write(buffer[:n]); err != nil {
			return
		}
	}
}
