package sock

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestConnectionsWithinTheMachineAreNotPaced(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	for _, want := range []string{"reno", "cubic", "bbr"} {
		t.Run(want, func(t *testing.T) {
			fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
			must(t, err)
			defer unix.Close(fd)
			if err := unix.SetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION, want); err != nil {
				t.Skip("this system has no ", want, ": ", err)
			}
			to := ln.Addr().(*net.TCPAddr).AddrPort()
			must(t, unix.Connect(fd, &unix.SockaddrInet4{Addr: to.Addr().As4(), Port: int(to.Port())}))
			Unpace(fd)
			if want == "bbr" {
				want = "reno"
			}
			if got, err := congestionControl(fd); err != nil || strings.TrimRight(got, "\x00") != want {
				t.Errorf("%q, %v; want %s", got, err, want)
			}
		})
	}
}

// TestAcceptedConnectionsAreNotPaced checks that connections inherit the setting of a listener on
// the loopback.
func TestAcceptedConnectionsAreNotPaced(t *testing.T) {
	fds := make(map[string]int)
	for _, host := range []string{"127.0.0.1", "0.0.0.0"} {
		addr := netip.AddrPortFrom(netip.MustParseAddr(host), 0)
		sa, family, err := ToSockaddr(addr)
		must(t, err)
		fd, err := New(family, unix.SOCK_STREAM)
		must(t, err)
		defer unix.Close(fd)
		if err := unix.SetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION, "bbr"); err != nil {
			t.Skip("this system has no bbr: ", err)
		}
		must(t, prepare(fd, family, sa, BindOptions{}, unix.SOCK_STREAM))
		fds[host] = fd
	}
	for host, want := range map[string]string{"127.0.0.1": "reno", "0.0.0.0": "bbr"} {
		if got, err := congestionControl(fds[host]); err != nil || strings.TrimRight(got, "\x00") != want {
			t.Errorf("%s: %q, %v; want %s", host, got, err, want)
		}
	}
}

func TestWithinMachine(t *testing.T) {
	for _, c := range []struct {
		local, remote string
		want          bool
	}{
		{"127.0.0.1", "127.0.0.1", true}, {"127.0.0.1", "127.0.0.9", true}, {"::1", "::1", true},
		{"192.0.2.1", "192.0.2.1", true}, {"192.0.2.1", "192.0.2.2", false}, {"2001:db8::1", "2001:db8::2", false},
	} {
		if got := withinMachine(netip.MustParseAddr(c.local), netip.MustParseAddr(c.remote)); got != c.want {
			t.Errorf("%s to %s: %v", c.local, c.remote, got)
		}
	}
	if withinMachine(netip.Addr{}, netip.Addr{}) {
		t.Error("a Unix socket has no addresses")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
