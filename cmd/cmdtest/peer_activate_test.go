package cmdtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// activate becomes a command to which sockets are passed as a service manager does (sd_listen_fds(3)): bound, listening,
// blocking, from descriptor 3 on. A socket is a network of package net with an address: "tcp 127.0.0.1:0"; or one of
// the things that no service can use: "file", "pair" and "seqpacket". The first one's port is told in a file.
func activate(portFile string, args []string) error {
	dashes := slices.Index(args, "--")
	if dashes < 1 || dashes == len(args)-1 {
		return fmt.Errorf("activate: no sockets or no command")
	}
	path, err := exec.LookPath(args[dashes+1])
	if err != nil {
		return err
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		return err
	}
	var files []*os.File
	port := 0
	for _, word := range args[:dashes] {
		f, p, err := passed(word)
		if err != nil {
			return err
		}
		port = max(port, p)
		fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 100) // out of the way of the numbers that it may get
		if err != nil {
			return err
		}
		files = append(files, os.NewFile(uintptr(fd), word))
	}
	if err := os.WriteFile(portFile, []byte(strconv.Itoa(port)+"\n"), 0o644); err != nil {
		return err
	}
	names := make([]string, len(files))
	for i := range files {
		names[i] = fmt.Sprintf("socket%d", i)
	}
	env := append(os.Environ(), "LISTEN_FDS="+strconv.Itoa(len(files)), "LISTEN_FDNAMES="+strings.Join(names, ":"))
	pid := strconv.Itoa(os.Getpid())
	if os.Getenv("OTHER_PID") != "" {
		pid = "1"
	}
	env = append(env, "LISTEN_PID="+pid)
	// A shell gives the sockets their numbers: here these may be those of the Go runtime's own descriptors.
	numbers := ""
	for i, f := range files {
		fd := int(f.Fd())
		unix.SetNonblock(fd, false)
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, 0); err != nil {
			return err
		}
		numbers += fmt.Sprintf("exec %d<&%d %d<&-; ", 3+i, fd, fd)
	}
	shell := []string{"bash", "-c", numbers + `exec "$@"`, "bash", path}
	return syscall.Exec(bash, append(shell, args[dashes+2:]...), env)
}

// passed makes one thing that is passed, and says what its port is.
func passed(word string) (f *os.File, port int, err error) {
	network, address, _ := strings.Cut(word, " ")
	switch network {
	case "file":
		f, err = os.Open("/dev/null")
		return f, 0, err
	case "pair":
		pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		return os.NewFile(uintptr(pair[0]), word), 0, err
	case "seqpacket":
		network = "unixpacket"
	}
	var c interface{ File() (*os.File, error) }
	var addr net.Addr
	if strings.HasPrefix(network, "udp") || network == "unixgram" {
		p, err := net.ListenPacket(network, address)
		if err != nil {
			return nil, 0, err
		}
		c, addr = p.(interface{ File() (*os.File, error) }), p.LocalAddr()
	} else {
		l, err := net.Listen(network, address)
		if err != nil {
			return nil, 0, err
		}
		c, addr = l.(interface{ File() (*os.File, error) }), l.Addr()
	}
	switch a := addr.(type) {
	case *net.TCPAddr:
		port = a.Port
	case *net.UDPAddr:
		port = a.Port
	}
	f, err = c.File()
	return f, port, err
}
