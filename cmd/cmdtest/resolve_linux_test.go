package cmdtest

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"
)

// TestResolveOverDNS shows what gnc resolve says of a name server's answers, and that it waits no longer than it is
// told to.
func TestResolveOverDNS(t *testing.T) {
	if !inNamespaces(t, "TestResolveOverDNS") {
		return
	}
	n := newNetwork(t)
	n.dns.reset(map[string][]string{"host.test AAAA": {good6}, "host.test A": {good4, dead4}, "late.test A": {good4}},
		map[string]time.Duration{"late.test AAAA": never})
	for _, c := range []struct {
		args        []string
		status      int
		out, errors string // patterns
	}{
		{[]string{"host.test", "80"}, 0,
			`^2001:db8:2::1 +80  stream  tcp\n198.51.100.1 +80  stream  tcp\n198.51.100.66 +80  stream  tcp\n$`, `^$`},
		{[]string{"--explain", "host.test"}, 0,
			`^files: notfound
(dns: host.test A{1,4} of 192.0.2.1:53: NOERROR, [12] records after [0-9.]+[µm]s
){2}dns: success
2001:db8:2::1 +stream  tcp  from 2001:db8:1::2 +host.test AAAA of 192.0.2.1:53 in [0-9.]+[µm]s +first
198.51.100.1 +stream  tcp  from 192.0.2.2 +host.test A of 192.0.2.1:53 in [0-9.]+[µm]s +rule 6: prefer higher precedence
198.51.100.66 +stream  tcp  from 192.0.2.2 +host.test A of 192.0.2.1:53 in [0-9.]+[µm]s +rule 10: leave the order unchanged
$`, `^$`},
		{[]string{"--timeout", "100ms", "late.test"}, 5, `^$`,
			`^gnc: late.test: timed out: no answer from the name servers\n$`},
		{[]string{"--timeout", "100ms", "--json", "late.test"}, 5,
			`^{"error":{"code":"EAI_AGAIN","message":"Temporary failure in name resolution"}}\n$`, `^$`},
		{[]string{"-4", "--timeout", "5", "late.test"}, 0, `^198.51.100.1  stream  tcp\n$`, `^$`},
		{[]string{"nosuch.test"}, 3, `^$`, `^gnc: nosuch.test: No address associated with hostname\n$`},
	} {
		n.inClient(t, func() {
			client := exec.Command(os.Args[0], append([]string{"resolve"}, c.args...)...)
			client.Args[0] = "gnc"
			var out, errors bytes.Buffer
			client.Stdout, client.Stderr = &out, &errors
			begin := time.Now()
			client.Run()
			if took := time.Since(begin); took > 4*time.Second { // a name server has 5 seconds, unless told otherwise
				t.Errorf("%v took %v", c.args, took)
			}
			if client.ProcessState.ExitCode() != c.status || !regexp.MustCompile(c.out).Match(out.Bytes()) ||
				!regexp.MustCompile(c.errors).Match(errors.Bytes()) {
				t.Errorf("%v: status %d\n%s%s", c.args, client.ProcessState.ExitCode(), &out, &errors)
			}
		})
	}
}
