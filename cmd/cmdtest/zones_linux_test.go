package cmdtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gnc/mux"
)

// twoLinks joins the two namespaces by two more wires, which have the same link-local addresses:
// ours is fe80::2, and the client's fe80::1, on link0 and there0 as on link1 and there1.
func twoLinks(t *testing.T) *network {
	n := newNetwork(t)
	n.ip(t, "link set lo up")
	for _, i := range []string{"0", "1"} {
		n.ip(t, "link add link"+i+" type veth peer name there"+i, "link set there"+i+" netns /proc/self/fd/3",
			"link set link"+i+" addrgenmode none", "address add fe80::2/64 dev link"+i+" nodad", "link set link"+i+" up")
		n.inClient(t, func() {
			n.ip(t, "link set there"+i+" addrgenmode none", "address add fe80::1/64 dev there"+i+" nodad", "link set there"+i+" up")
		})
	}
	return n
}

// indexOf is the number of an interface of ours.
func indexOf(t *testing.T, name string) string {
	i, err := net.InterfaceByName(name)
	must(t, err)
	return strconv.Itoa(i.Index)
}

// sendBy has the client send a line by one of the links.
func (n *network) sendBy(t *testing.T, link, port string, flags ...string) {
	n.inClient(t, func() {
		c := exec.Command(os.Args[0], append(append([]string{"connect"}, flags...), "-s", "fe80::1%there"+link, "fe80::2%there"+link, port)...)
		c.Args[0], c.Stdin = "gnc", strings.NewReader("by link"+link+"\n")
		c.Run()
	})
}

// TestAccessByLink has clients of one address come by two links, of which an access list names one.
func TestAccessByLink(t *testing.T) {
	if !inNamespaces(t, "TestAccessByLink") {
		return
	}
	n := twoLinks(t)
	n.ip(t, "link property add dev link0 altname other0")
	for _, multiplexer := range mux.Names() {
		for _, c := range []struct {
			args string // SPEC is in the file "specs"
			in   string // the links whose clients are let in
		}{
			{"--allow fe80::1%link0", "0"},
			{"--allow fe80::1%" + indexOf(t, "link0"), "0"},
			{"--allow fe80::1%other0", "0"},
			{"--allow fe80::%link0/10", "0"},
			{"--allow fe80::/64%link0", "0"},
			{"--allow fe80::9%link0,fe80::1%link1", "1"},
			{"--allow fe80::1", "01"},
			{"--allow fe80::1 --deny fe80::1%link1", "0"},
			{"--deny fe80::1%link0", "1"},
			{"--deny fe80::%" + indexOf(t, "link0") + "/64", "1"},
			{"--deny fe80::9%link0", "01"},
			{"--deny fe80::/10", ""},
			{"--allowfile SPEC fe80::1%link0 # ours", "0"},
			{"--denyfile SPEC fe80::1%link0", "1"},
		} {
			for _, kind := range []string{"", "-u"} {
				flags, spec, _ := strings.Cut(c.args, "SPEC")
				args := append([]string{"--mux", multiplexer, "-k", "-v"}, strings.Fields(flags)...)
				if spec != "" {
					specs := filepath.Join(t.TempDir(), "specs")
					must(t, os.WriteFile(specs, []byte(spec), 0o644))
					args = append(args, specs)
				}
				client := []string{"--mux", multiplexer}
				if kind != "" {
					args, client = append(args, kind), append(client, kind, "--linger", "10ms")
				}
				l := listenAside(t, append(args, "0")...)
				for _, link := range []string{"0", "1"} {
					n.sendBy(t, link, l.port, client...)
					what := fmt.Sprintf("%s %s %s link%s", multiplexer, kind, c.args, link)
					if strings.Contains(c.in, link) {
						eventually(t, what+" is heard", func() bool { return strings.Contains(l.heard(), "by link"+link) })
					} else {
						eventually(t, what+" is refused", func() bool { return strings.Contains(l.said(), "refused [fe80::1%link"+link+"]:") })
						if strings.Contains(l.heard(), "by link"+link) {
							t.Errorf("%s is heard", what)
						}
					}
				}
				l.end()
			}
		}
	}
}

// TestZonesByName looks for the zone of a link-local address wherever an address is read: it is
// the interface's name.
func TestZonesByName(t *testing.T) {
	if !inNamespaces(t, "TestZonesByName") {
		return
	}
	n := twoLinks(t)
	for _, multiplexer := range mux.Names() {
		for _, c := range []struct {
			args   []string
			stdout string // patterns of what is said and heard
			stderr string
			file   string // a pattern of a name
		}{
			{[]string{"-v"}, "by link0", `(?s)listening on \[::\].*accepted \[fe80::1%link0\]:\d+ on \[fe80::2%link0\]:\d+`, ""},
			{[]string{"-v", "-u"}, "by link0", `accepted \[fe80::1%link0\]:\d+ on `, ""},
			{[]string{"--log", "json"}, "by link0", `"accepted","id":1,"local":"\[fe80::2%link0\]:\d+","remote":"\[fe80::1%link0\]:\d+"`, ""},
			{[]string{"--log", "json", "-k", "--deny", "fe80::1"}, "", `"refused","remote":"\[fe80::1%link0\]:\d+"`, ""},
			{[]string{"-c", "echo $GNC_REMOTE_ADDR $GNC_LOCAL_ADDR $NCAT_REMOTE_ADDR $NCAT_LOCAL_ADDR >&2"}, "",
				`^fe80::1%link0 fe80::2%link0 fe80::1%link0 fe80::2%link0\n`, ""},
			{[]string{"-k", "--out-dir", "."}, "", "", `0001-fe80--1-link0_\d+`},
			{[]string{"--record", "/dev/stderr"}, "by link0", `\[fe80::1%link0\]:\d+`, ""},
		} {
			l := listenAside(t, append(append([]string{"--mux", multiplexer}, c.args...), "0")...)
			client := []string{"--mux", multiplexer}
			if len(c.args) > 1 && c.args[1] == "-u" {
				client = append(client, "-u", "--linger", "10ms")
			}
			n.sendBy(t, "0", l.port, client...)
			eventually(t, fmt.Sprintf("%s %v", multiplexer, c.args), func() bool {
				names, _ := filepath.Glob(l.dir + "/*")
				return regexp.MustCompile(c.stdout).MatchString(l.heard()) && regexp.MustCompile(c.stderr).MatchString(l.said()) &&
					regexp.MustCompile(c.file).MatchString(strings.Join(names, "\n"))
			})
			l.end()
		}
		clientZones(t, n, multiplexer)
	}
	ncZones(t, n)
	silentZones(t, n)
}

// clientZones looks at what clients say, to which the link is given by its index.
func clientZones(t *testing.T, n *network, multiplexer string) {
	l := listenAside(t, "--mux", multiplexer, "-k", "0")
	n.inClient(t, func() {
		index := indexOf(t, "there0")
		at := "fe80::2%" + index
		for _, c := range []struct{ args, said string }{
			{"connect -v " + at + " " + l.port, `(?s)connecting to \[fe80::2%there0\]:.*connected to \[fe80::2%there0\]:\d+ from \[fe80::1%there0\]:`},
			{"connect -v -s fe80::1%" + index + " " + at + " " + l.port, `from \[fe80::1%there0\]:`},
			{"connect --log json " + at + " " + l.port, `"connecting","address":"\[fe80::2%there0\]:\d+".*\n.*"connected","local":"\[fe80::1%there0\]:\d+","remote":"\[fe80::2%there0\]:`},
			{"connect " + at + " 1", `^gnc: connect \[fe80::2%there0\]:1: connection refused\n$`},
			{"connect --log json " + at + " 1", `"refused","remote":"\[fe80::2%there0\]:1"`},
			{"connect -s fe80::7%" + index + " " + at + " " + l.port, `bind \[fe80::7%there0\]:0: `},
			{"connect -s fe80::7%nosuch " + at + " " + l.port, `bind \[fe80::7%nosuch\]:0: no such device`},
			{"wait -vv --timeout 0.5 [" + at + "]:1", `connecting to \[fe80::2%there0\]:1`},
			{"listen fe80::7%" + index + " 0", `listen \[fe80::7%there0\]:0: `},
			{"listen -v --accept-timeout 0.3 fe80::1%" + index + " 0", `listening on \[fe80::1%there0\]:`},
			{"echo -v --deadline 0.5 fe80::1%" + index + " 0", `listening on \[fe80::1%there0\]:`},
			{"echo -v -u --deadline 0.5 fe80::1%" + index + " 0", `listening on \[fe80::1%there0\]:`},
		} {
			args := strings.Fields(c.args)
			said, _ := runIn(t.TempDir(), append([]string{args[0], "--mux", multiplexer}, args[1:]...)...)
			if !regexp.MustCompile(c.said).MatchString(said) {
				t.Errorf("gnc %s: %s", c.args, said)
			}
		}
	})
	l.end()
	chat := listenAside(t, "--mux", multiplexer, "--chat", "0")
	n.inClient(t, func() {
		said, status := runIn("", "connect", "--mux", multiplexer, "-w", "50", "--expect", "fe80::1%link0 is connected", "fe80::2%there0", chat.port)
		if status != 0 {
			t.Errorf("a chat: status %d: %s", status, said)
		}
	})
	chat.end()
}

// ncZones looks at nc's words.
func ncZones(t *testing.T, n *network) {
	must(t, os.WriteFile("/etc/nsswitch.conf", []byte("hosts: files\n"), 0o644))
	for _, flags := range []string{"-lnv", "-lv6", "-lvun"} {
		dir := t.TempDir()
		said, err := os.Create(dir + "/said")
		must(t, err)
		defer said.Close()
		c := exec.Command(os.Args[0], "nc", flags, "fe80::2%link0", "7001")
		c.Args[0], c.Stderr = "gnc", said
		must(t, c.Start())
		read := func() string {
			text, err := os.ReadFile(dir + "/said")
			must(t, err)
			return string(text)
		}
		eventually(t, "nc "+flags+" listens", func() bool { return strings.Contains(read(), " on fe80::2%link0 7001\n") })
		client := []string{"--linger", "10ms"}
		if strings.Contains(flags, "u") {
			client = append(client, "-u")
		}
		n.sendBy(t, "0", "7001", client...)
		eventually(t, "nc "+flags+" receives", func() bool { return strings.Contains(read(), "Connection received on fe80::1%link0 ") })
		c.Process.Kill()
		c.Wait()
	}
	// The only peer that nc.traditional serves, with a link and without one.
	for peer, status := range map[string]int{"fe80::1%link0": 0, "fe80::1%" + indexOf(t, "link0"): 0, "fe80::1": 0, "fe80::1%link1": 1} {
		dir := t.TempDir()
		heard, err := os.Create(dir + "/heard")
		must(t, err)
		defer heard.Close()
		c := exec.Command(os.Args[0], "nc", "-6", "-n", "-l", "-v", "-p", "7002", peer)
		said, err := os.Create(dir + "/said")
		must(t, err)
		defer said.Close()
		c.Args[0], c.Stdout, c.Stderr = "gnc", heard, said
		c.Env = append(os.Environ(), "GNC_NC=traditional")
		must(t, c.Start())
		eventually(t, "nc.traditional", func() bool {
			text, _ := os.ReadFile(dir + "/said")
			return strings.Contains(string(text), "listening on")
		})
		n.sendBy(t, "0", "7002")
		c.Wait()
		if got := c.ProcessState.ExitCode(); got != status {
			text, _ := os.ReadFile(dir + "/said")
			t.Errorf("nc.traditional -l %s: status %d, want %d: %s", peer, got, status, text)
		}
	}
}

// silentZones: gnc resolve has the index, as getent has.
func silentZones(t *testing.T, n *network) {
	n.inClient(t, func() {
		c := exec.Command(os.Args[0], "resolve", "fe80::2%there0")
		c.Args[0] = "gnc"
		out, err := c.Output()
		must(t, err)
		if want := "fe80::2%" + indexOf(t, "there0"); !strings.Contains(string(out), want) {
			t.Errorf("gnc resolve: %s, want %s", out, want)
		}
	})
}
