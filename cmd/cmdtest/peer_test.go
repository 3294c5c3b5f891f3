package cmdtest

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// peer is a command for scripts: the other end of a connection, where it must do what no netcat does.
func peer() {
	if err := runPeer(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

func runPeer(args []string) error {
	if len(args) == 4 && args[0] == "reset" {
		return resetPeer(args[1], args[2], args[3])
	}
	if len(args) == 3 && args[0] == "urgent" {
		return urgentPeer(args[1], args[2])
	}
	if len(args) == 4 && args[0] == "proxy" {
		return proxyPeer(args[1], args[2], args[3])
	}
	if len(args) == 3 && args[0] == "crowd" {
		return crowdPeer(args[1], args[2])
	}
	if len(args) > 3 && args[0] == "activate" {
		return activate(args[1], args[2:])
	}
	if len(args) > 2 && args[0] == "refuse" {
		return runRefused(args[1], args[2:])
	}
	return fmt.Errorf("usage: peer reset PORTFILE HOST TEXT | peer urgent PORTFILE stays|goes | peer proxy KIND PORTFILE LOGIN | peer crowd N ADDRESS | peer refuse ERRNO COMMAND ARG... | " +
		"peer activate PORTFILE SOCKET... -- COMMAND ARG...")
}

// resetPeer accepts a connection, sends text, lets it arrive, and resets.
func resetPeer(portFile, host, text string) error {
	c, err := acceptPeer(host, portFile)
	if err != nil {
		return err
	}
	if _, err := c.Write([]byte(strings.ReplaceAll(text, `\n`, "\n"))); err != nil {
		return err
	}
	time.Sleep(200 * time.Millisecond)
	if err := c.(*net.TCPConn).SetLinger(0); err != nil {
		return err
	}
	return c.Close()
}

// urgentPeer accepts a connection and sends lines, with an urgent byte among them that is not part of the stream. Then it
// goes, or stays until it is killed.
func urgentPeer(portFile, then string) error {
	c, err := acceptPeer("127.0.0.1", portFile)
	if err != nil {
		return err
	}
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return err
	}
	half := bytes.Repeat([]byte("0123456789\n"), 10000)
	if _, err := c.Write(half); err != nil {
		return err
	}
	var sent error
	err = raw.Write(func(fd uintptr) bool {
		sent = unix.Sendto(int(fd), []byte{'!'}, unix.MSG_OOB, nil)
		return sent != unix.EAGAIN
	})
	if err := cmp.Or(err, sent); err != nil {
		return err
	}
	if _, err := c.Write(half); err != nil {
		return err
	}
	if then == "stays" {
		time.Sleep(time.Hour)
	}
	return c.Close()
}

// acceptPeer accepts one connection on a port that it tells.
func acceptPeer(host, portFile string) (net.Conn, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, err
	}
	if err := tellPort(l, portFile); err != nil {
		return nil, err
	}
	return l.Accept()
}

// tellPort writes the port file of a listener.
func tellPort(l net.Listener, portFile string) error {
	_, port, _ := strings.Cut(l.Addr().String(), ":")
	if err := os.WriteFile(portFile+".new", []byte(port+"\n"), 0o644); err != nil {
		return err
	}
	return os.Rename(portFile+".new", portFile)
}
