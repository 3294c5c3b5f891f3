package cmdtest

import (
	"errors"
	"io"
	"maps"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/sys/unix"
)

// insideVariable tells the test binary that it has been run again in namespaces of its own.
const insideVariable = "GNC_TEST_INSIDE"

// inNamespaces runs the calling test, which is called name, once more in private network and mount namespaces, and
// passes on how it went. It returns true there, where the test is to be done.
func inNamespaces(t *testing.T, name string) bool {
	if os.Getenv(insideVariable) != "" {
		return true
	}
	unable := t.Skip
	if os.Getenv("CI") == "true" {
		unable = t.Fatal
	}
	if os.Geteuid() != 0 {
		unable("namespaces need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		unable("no ip command")
	}
	scratch := t.TempDir()
	c := exec.Command(os.Args[0], "-test.run=^"+name+"$", "-test.v", "-test.timeout=80s")
	c.Env = append(os.Environ(), insideVariable+"="+scratch)
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	runtime.LockOSThread() // the death that Pdeathsig means is the thread's
	defer runtime.UnlockOSThread()
	out, err := c.CombinedOutput()
	if errors.Is(err, syscall.EPERM) {
		unable("no namespaces: " + err.Error())
	}
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
	return false
}

// network is two namespaces joined by a wire: the process's own has the servers, the other one the client.
type network struct {
	client *os.File // the namespace
	dns    *fakeDNS
}

// What there is in the network. The client reaches all of it through the servers' end of the wire.
const (
	good4, good6, other6 = "198.51.100.1", "2001:db8:2::1", "2001:db8:2::2"    // accept and say hello
	shut6                = "2001:db8:2::7"                                     // refuses
	dead4, dead6, lost6  = "198.51.100.66", "2001:db8:2::66", "2001:db8:2::67" // black holes
	nameServer           = "192.0.2.1"
	helloPort            = "7000"
)

// newNetwork makes the namespaces, the servers, and the files in /etc that tell the client of its name server.
func newNetwork(t *testing.T) *network {
	n := &network{dns: &fakeDNS{}}
	ownEtc(t, map[string]string{
		"resolv.conf": "nameserver " + nameServer + "\n", "nsswitch.conf": "hosts: files dns\n", "hosts": "127.0.0.1 localhost\n",
	})
	onThread(func() {
		must(t, unix.Unshare(unix.CLONE_NEWNET))
		var err error
		n.client, err = os.Open("/proc/thread-self/ns/net")
		must(t, err)
	})
	t.Cleanup(func() { n.client.Close() })
	n.ip(t, "link set lo up", "link add wire type veth peer name there", "link set there netns /proc/self/fd/3",
		"address add "+nameServer+"/24 dev wire", "address add 2001:db8:1::1/64 dev wire nodad", "link set wire up",
		"route add blackhole "+dead4, "route add blackhole "+dead6, "route add blackhole "+lost6)
	for _, addr := range []string{good4, good6, other6, shut6} {
		n.ip(t, "address add "+addr+" dev lo nodad")
	}
	for _, addr := range []string{good4, good6, other6} {
		sayHello(t, addr)
	}
	n.dns.serve(t, net.JoinHostPort(nameServer, "53"))
	n.inClient(t, func() {
		n.ip(t, "link set lo up", "address add 192.0.2.2/24 dev there", "address add 2001:db8:1::2/64 dev there nodad",
			"link set there up", "route add default via "+nameServer, "route add default via 2001:db8:1::1")
	})
	return n
}

// onThread runs f on a thread that ends with it, whatever f does to its namespaces.
func onThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocks it
		f()
	}()
	<-done
}

// inClient runs f in the client's namespace, and with it what f starts.
func (n *network) inClient(t *testing.T, f func()) {
	onThread(func() {
		must(t, unix.Setns(int(n.client.Fd()), unix.CLONE_NEWNET))
		f()
	})
	if t.Failed() {
		t.FailNow()
	}
}

// ip runs the ip command where the caller is; the client's namespace is its descriptor 3.
func (n *network) ip(t *testing.T, lines ...string) {
	for _, line := range lines {
		c := exec.Command("ip", strings.Fields(line)...)
		c.ExtraFiles = []*os.File{n.client}
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v\n%s", line, err, out)
		}
	}
}

// ownEtc puts a directory with these files in the place of /etc.
func ownEtc(t *testing.T, files map[string]string) {
	must(t, unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""))
	etc := filepath.Join(os.Getenv(insideVariable), "etc")
	must(t, os.Mkdir(etc, 0o755))
	for name, text := range files {
		must(t, os.WriteFile(filepath.Join(etc, name), []byte(text), 0o644))
	}
	must(t, unix.Mount(etc, "/etc", "", unix.MS_BIND, ""))
}

// sayHello is a server that greets, then waits for the other's end before it ends the connection itself.
func sayHello(t *testing.T, addr string) {
	l, err := net.Listen("tcp", net.JoinHostPort(addr, helloPort))
	must(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				c.Write([]byte("hello\n"))
				io.Copy(io.Discard, c)
			}()
		}
	}()
}

// fakeDNS is a name server whose zone has, for "NAME TYPE", the addresses; what is not there is NODATA. A delay for the
// same key makes the answer late, a negative one is for ever. In the place of addresses, servfail and
// nxdomain are the answer's code.
type fakeDNS struct {
	mu      sync.Mutex
	zone    map[string][]string
	delay   map[string]time.Duration
	queries map[string]int // how often each key was asked for
}

// Codes of an answer without addresses.
const servfail, nxdomain = "servfail", "nxdomain"

// reset gives the server another zone, and forgets what it was asked.
func (f *fakeDNS) reset(zone map[string][]string, delay map[string]time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.zone, f.delay, f.queries = zone, delay, make(map[string]int)
}

// asked is how often each key was asked for since the last reset.
func (f *fakeDNS) asked() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.queries)
}

func (f *fakeDNS) serve(t *testing.T, addr string) {
	pc, err := net.ListenPacket("udp", addr)
	must(t, err)
	t.Cleanup(func() { pc.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			size, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			answer, delay := f.answer(buf[:size])
			if answer != nil && delay >= 0 {
				time.AfterFunc(delay, func() { pc.WriteTo(answer, from) })
			}
		}
	}()
}

// answer makes the answer to a query, and says when it is due.
func (f *fakeDNS) answer(query []byte) ([]byte, time.Duration) {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil, -1
	}
	q := m.Questions[0]
	key := strings.TrimSuffix(q.Name.String(), ".") + " " + strings.TrimPrefix(q.Type.String(), "Type")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queries[key]++
	m.Response, m.RecursionAvailable, m.Authoritative = true, true, true
	for _, word := range f.zone[key] {
		if code, failed := map[string]dnsmessage.RCode{servfail: dnsmessage.RCodeServerFailure, nxdomain: dnsmessage.RCodeNameError}[word]; failed {
			m.RCode = code
			break
		}
		var body dnsmessage.ResourceBody
		if addr := netip.MustParseAddr(word); addr.Is4() {
			body = &dnsmessage.AResource{A: addr.As4()}
		} else {
			body = &dnsmessage.AAAAResource{AAAA: addr.As16()}
		}
		m.Answers = append(m.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 60}, Body: body})
	}
	answer, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return answer, f.delay[key]
}
