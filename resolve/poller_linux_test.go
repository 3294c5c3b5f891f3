package resolve

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFewDescriptors dials a name server, and asks one over TCP, in processes that have few
// descriptors: Go's runtime must not end them for want of a poller.
func TestFewDescriptors(t *testing.T) {
	if few, err := strconv.Atoi(os.Getenv("GNC_TEST_DESCRIPTORS")); err == nil {
		os.Exit(dialWith(few))
	}
	short := 0
	for n := range 4 {
		// Without a timeout: that would have started the poller already.
		c := exec.Command(os.Args[0], "-test.run=^TestFewDescriptors$", "-test.timeout=0")
		c.Env = append(os.Environ(), "GNC_TEST_DESCRIPTORS="+strconv.Itoa(n))
		out, err := c.CombinedOutput()
		var exit *exec.ExitError
		switch {
		case err == nil:
		case errors.As(err, &exit) && exit.ExitCode() == 10:
			short++
		default:
			t.Errorf("with %d descriptors to open: %v\n%.300s", n, err, out)
		}
	}
	if short == 0 || short == 4 {
		t.Errorf("descriptors were short %d times out of 4; the test is for both", short)
	}
}

// dialWith dials with so many descriptors that can be opened. It returns 10 if they were too few,
// and 0 if not.
func dialWith(few int) int {
	next, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 3) // the lowest that is free
	if err != nil {
		return 1
	}
	unix.Close(next)
	limit := uint64(next + few)
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
		return 1
	}
	server := netip.MustParseAddrPort("127.0.0.1:1")
	x := &exchanger{ctx: context.Background(), r: &Resolver{},
		conf: &resolvConf{servers: []netip.AddrPort{server}, attempts: 1}}
	_, tcp := x.tcpOnce(0, nil)
	conn, udp := dialServer(context.Background(), "udp", server)
	if conn != nil {
		conn.Close()
	}
	switch {
	case errors.Is(tcp, unix.EMFILE) && errors.Is(udp, unix.EMFILE):
		return 10
	case errors.Is(tcp, unix.ECONNREFUSED) && udp == nil:
		return 0
	}
	println(tcp.Error())
	return 1
}
