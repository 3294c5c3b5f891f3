package cmdtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// TestResolveBigHosts finds names behind 700,000 lines of /etc/hosts, and asks no name server for them.
func TestResolveBigHosts(t *testing.T) {
	if !inNamespaces(t, "TestResolveBigHosts") {
		return
	}
	var hosts bytes.Buffer
	for i := range 700_000 {
		fmt.Fprintf(&hosts, "10.%d.%d.%d host%06d.example.org host%06d\n", i>>16, i>>8&255, i&255, i, i)
	}
	hosts.WriteString("192.0.2.77 behind\n")
	ownEtc(t, map[string]string{"hosts": hosts.String(), "nsswitch.conf": "hosts: files\n"})
	for name, want := range map[string]string{
		"BEHIND": "192.0.2.77  stream  tcp\n", "host350000": "10.5.87.48  stream  tcp\n", "missing": "",
	} {
		c := exec.Command(os.Args[0], "resolve", name)
		c.Args[0] = "gnc"
		out, err := c.Output()
		if string(out) != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v; want %q", name, out, err, want)
		}
	}
}
