package cmdtest

import (
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// TestNCPassesDescriptor is row O71: -F with a socket as stdout.
func TestNCPassesDescriptor(t *testing.T) {
	command := []string{"gnc", "nc"}
	real := os.Getenv("GNC_TEST_REAL_NC") == "1"
	if real {
		command = []string{"nc.openbsd"}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	received := make(chan string, 1)
	go func() {
		if c, err := l.Accept(); err == nil {
			b, _ := io.ReadAll(c)
			received <- string(b)
		}
	}()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	unix.CloseOnExec(pair[0])
	theirs := os.NewFile(uintptr(pair[1]), "stdout")
	c := exec.Command(command[0], append(command[1:], "-F", "127.0.0.1", strconv.Itoa(l.Addr().(*net.TCPAddr).Port))...)
	c.Stdout, c.Stderr = theirs, os.Stderr
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	data, oob := make([]byte, 10), make([]byte, 100)
	n, oobn, _, _, err := unix.Recvmsg(pair[0], data, oob, 0)
	if err != nil || n != 1 || data[0] != 0 {
		t.Fatalf("%d bytes %q, %v", n, data[:n], err)
	}
	unix.Close(pair[0])
	messages, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err != nil || len(messages) != 1 {
		t.Fatalf("%v, %v", messages, err)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		t.Fatalf("%v, %v", fds, err)
	}
	flags, err := unix.FcntlInt(uintptr(fds[0]), unix.F_GETFL, 0)
	// Fault: the descriptor of -F left non-blocking.
	if err != nil || flags&unix.O_NONBLOCK != 0 != real {
		t.Errorf("flags %#x, %v", flags, err)
	}
	unix.Write(fds[0], []byte("via passed fd"))
	unix.Close(fds[0])
	if got := <-received; got != "via passed fd" {
		t.Errorf("the peer received %q", got)
	}
}
