package cmdtest

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestWaitBehindRoutes waits behind routes that let nothing through. --closed takes what is unreachable for closed, and ends
// at once where this machine forbids to ask; without it, gnc waits on, for a route may yet come.
func TestWaitBehindRoutes(t *testing.T) {
	if !inNamespaces(t, "TestWaitBehindRoutes") {
		return
	}
	n := newNetwork(t)
	routes := map[string][2]string{ // addresses by what the route to them is
		"prohibit":    {"203.0.113.1", "2001:db8:9::1"},
		"blackhole":   {"203.0.113.2", "2001:db8:9::2"},
		"unreachable": {"203.0.113.3", "2001:db8:9::3"},
		"throw":       {"203.0.113.4", "2001:db8:9::4"},
	}
	n.inClient(t, func() {
		n.ip(t, "route del default", "-6 route del default")
		for kind, addrs := range routes {
			n.ip(t, "route add "+kind+" "+addrs[0], "-6 route add "+kind+" "+addrs[1])
		}
	})
	for kind, reason := range map[string]string{
		"prohibit":    "permission denied, as by a prohibit route",
		"blackhole":   "invalid argument, as by a blackhole route",
		"unreachable": "",
		"throw":       "",
	} {
		for _, addr := range routes[kind] {
			if strings.Contains(addr, ":") {
				addr = "[" + addr + "]"
			}
			for _, target := range []string{addr + ":80", "tcp://" + addr + ":80", "udp:" + addr + ":80"} {
				asked := []string{"--send", "x"}
				if !strings.HasPrefix(target, "udp") {
					asked = nil
				}
				status, said := n.wait(t, append(asked, "--closed", "--timeout", "20", target)...)
				if reason == "" && (status != 0 || said != "") {
					t.Errorf("%s: --closed %s: status %d, %q", kind, target, status, said)
				}
				if reason != "" && (status != 4 || !strings.Contains(said, reason) || strings.Count(said, "\n") != 1) {
					t.Errorf("%s: --closed %s: status %d, %q; want 4, %q", kind, target, status, said, reason)
				}
				if status, said := n.wait(t, append(asked, "--timeout", "0.3", target)...); status != 5 || !strings.Contains(said, " tries)") {
					t.Errorf("%s: %s: status %d, %q; want 5", kind, target, status, said)
				}
			}
		}
	}
	// One address of several is enough to leave it open.
	n.dns.reset(map[string][]string{"some.test A": {nameServer, "203.0.113.1"}}, nil)
	if status, said := n.wait(t, "--closed", "--timeout", "20", "some.test:81"); status != 4 || !strings.Contains(said, "prohibit") {
		t.Errorf("status %d, %q; want 4", status, said)
	}
}

// wait runs gnc wait in the client's namespace to its end.
func (n *network) wait(t *testing.T, args ...string) (status int, said string) {
	var words bytes.Buffer
	n.inClient(t, func() {
		c := exec.Command(os.Args[0], append([]string{"wait"}, args...)...)
		c.Args[0], c.Stderr = "gnc", &words
		c.Run()
		status = c.ProcessState.ExitCode()
	})
	return status, words.String()
}
