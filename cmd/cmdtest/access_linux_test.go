package cmdtest

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"gnc/mux"
)

// TestAccessByName has listeners whose access list has a name that a name server answers in part.
// Nobody is let in while the addresses of a family that can come in are not known.
func TestAccessByName(t *testing.T) {
	if !inNamespaces(t, "TestAccessByName") {
		return
	}
	n := newNetwork(t)
	must(t, os.WriteFile("/etc/hosts", []byte("127.0.0.1 localhost\n192.0.2.77 four.test\n127.0.0.1 twice.test\n::1 twice.test\n"), 0o644))
	resolvConf := "nameserver " + nameServer + "\noptions timeout:30 attempts:1\n"
	const never = -1
	zone := map[string][]string{
		"a.test A": {good4}, "a.test AAAA": {servfail},
		"aaaa.test A": {servfail}, "aaaa.test AAAA": {good6},
		"shy.test A": {good4}, "shy.test AAAA": {good6},
		"only4.test A": {good4}, "only6.test AAAA": {good6},
		"denied4.test A": {good4}, "denied4.test AAAA": {nxdomain},
		"both.test A": {good4}, "both.test AAAA": {good6},
		"near.first.test A": {servfail}, "near.first.test AAAA": {servfail}, "near.second.test A": {good4},
		"dead.test A": {servfail}, "dead.test AAAA": {servfail}, "four.test A": {servfail}, "four.test AAAA": {servfail},
	}
	silent := map[string]time.Duration{"shy.test AAAA": never}
	const refused, begun = 3, 5 // statuses: nobody is let in, and nobody came
	for _, c := range []struct {
		args   string
		status int
		said   string // of the error
		conf   string // more lines of resolv.conf
	}{
		{"--deny a.test 0", refused, "a.test: its IPv6 addresses are not known", ""},
		{"--allow a.test 0", refused, "a.test: its IPv6 addresses are not known", ""},
		{"--deny 10.0.0.0/8,only4.test,a.test 0", refused, "a.test: its IPv6 addresses are not known", ""},
		{"--denyfile names 0", refused, "a.test: its IPv6 addresses are not known", ""},
		{"--allowfile names 0", refused, "a.test: its IPv6 addresses are not known", ""},
		{"-u --deny a.test 0", refused, "a.test: its IPv6 addresses are not known", ""},
		{"-k --deny a.test localhost 0", begun, "", ""}, // which is 127.0.0.1 alone here
		{"--deny aaaa.test 0", refused, "aaaa.test: its IPv4 addresses are not known", ""},
		{"--deny shy.test 0", refused, "shy.test: ", "options timeout:2\n"},
		{"--allow dead.test 0", refused, "dead.test: Temporary failure in name resolution", ""},
		{"--deny nosuch.test 0", refused, "nosuch.test: No address associated with hostname", ""},
		{"--deny only4.test 0", begun, "", ""},
		{"--deny only6.test --allow only4.test 0", begun, "", ""},
		{"--deny denied4.test 0", begun, "", ""},
		{"--deny both.test 0", begun, "", ""},
		{"-4 --deny a.test 0", begun, "", ""}, // IPv6 can't come in
		{"-4 --deny shy.test 0", begun, "", ""},
		{"-4 --deny only6.test 0", begun, "", ""},
		{"--deny a.test 127.0.0.1 0", begun, "", ""},
		{"-4 --deny aaaa.test 0", refused, "aaaa.test: its IPv4 addresses are not known", ""},
		{"-6 --deny aaaa.test 0", begun, "", ""},
		{"--deny aaaa.test :: 0", begun, "", ""},
		{"-6 --deny a.test 0", refused, "a.test: its IPv6 addresses are not known", ""},
		{"--deny a.test ::1 0", refused, "a.test: its IPv6 addresses are not known", ""},
		{"--deny four.test 0", begun, "", ""}, // from a file
		{"--deny both.test 0", refused, "both.test: its IPv6 addresses are not known", "options no-aaaa\n"},
		{"-4 --deny both.test 0", begun, "", "options no-aaaa\n"},
		{"--deny near 0", refused, "near: its IPv4 and IPv6 addresses are not known", "search first.test second.test\n"},
	} {
		n.dns.reset(zone, silent)
		must(t, os.WriteFile("/etc/resolv.conf", []byte(resolvConf+c.conf), 0o644))
		n.inClient(t, func() {
			dir := t.TempDir()
			must(t, os.WriteFile(dir+"/names", []byte("# who\n10.0.0.1\na.test # half known\n"), 0o644))
			said, status := runIn(dir, append(strings.Fields("listen --accept-timeout 1ms"), strings.Fields(c.args)...)...)
			if status != c.status || !strings.Contains(said, c.said) || strings.Count(said, "\n") > 1 && c.status == refused {
				t.Errorf("gnc listen %s: status %d, want %d: %s", c.args, status, c.status, said)
			}
		})
	}
	// Every line of /etc/hosts counts, without a host.conf that says so.
	for _, multiplexer := range mux.Names() {
		n.inClient(t, func() {
			l := listenAside(t, "--mux", multiplexer, "-k", "-v", "--deny", "twice.test", "0")
			for _, addr := range []string{"127.0.0.1", "::1"} {
				runIn("", "connect", "--mux", multiplexer, addr, l.port)
				eventually(t, addr+" is refused", func() bool { return strings.Contains(l.said(), "refused "+bracketed(addr)) })
			}
		})
	}
}

// bracketed is an address as it stands before a port.
func bracketed(addr string) string {
	if strings.Contains(addr, ":") {
		return "[" + addr + "]:"
	}
	return addr + ":"
}

// runIn runs gnc in a directory to its end, with nothing on stdin.
func runIn(dir string, args ...string) (stderr string, status int) {
	var said strings.Builder
	c := exec.Command(os.Args[0], args...)
	c.Args[0], c.Dir, c.Stderr = "gnc", dir, &said
	c.Run()
	return said.String(), c.ProcessState.ExitCode()
}

// aside is a gnc in the background.
type aside struct {
	t    *testing.T
	dir  string
	port string
	end  func() // ends it, once
}

// listenAside starts gnc listen, and waits until it accepts. It ends with the test.
func listenAside(t *testing.T, args ...string) *aside {
	t.Helper()
	a := &aside{t: t, dir: t.TempDir()}
	said, err := os.Create(a.dir + "/said")
	must(t, err)
	defer said.Close()
	heard, err := os.Create(a.dir + "/heard")
	must(t, err)
	defer heard.Close()
	c := exec.Command(os.Args[0], append([]string{"listen", "--port-file", "port"}, args...)...)
	c.Args[0], c.Dir, c.Stdout, c.Stderr = "gnc", a.dir, heard, said
	must(t, c.Start())
	a.end = sync.OnceFunc(func() {
		c.Process.Kill()
		c.Wait()
	})
	t.Cleanup(a.end)
	eventually(t, "a port", func() bool {
		text, _ := os.ReadFile(a.dir + "/port")
		a.port = strings.TrimSpace(string(text))
		return a.port != ""
	})
	return a
}

func (a *aside) said() string  { return a.read("said") }
func (a *aside) heard() string { return a.read("heard") }

func (a *aside) read(name string) string {
	text, err := os.ReadFile(a.dir + "/" + name)
	must(a.t, err)
	return string(text)
}
