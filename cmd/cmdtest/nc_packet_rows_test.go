package cmdtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// packetRows are the rows of UDP and of Unix sockets.
func packetRows() []ncRow {
	succeeded := "Connection to 127.0.0.1 PORT port [udp/*] succeeded!"
	boundSock := []string{"Bound on SOCK", "Listening on SOCK"}
	return []ncRow{
		{id: "O55", args: "-v -lu PORT", peer: clientUDPTwo, status: hangs, out: "A1\nA2\n",
			err: lines("Bound on 0.0.0.0 PORT", "Connection received on localhost N"), got: "B: refused"},
		// With -k everybody is heard; ours answers who was heard last, where nc answers nobody.
		{id: "O56", args: "-v -luk PORT", in: "to B\n", peer: clientUDPTwo, status: hangs, out: "A1\nB1\nA2\n",
			err: lines("Bound on 0.0.0.0 PORT"), got: "", ours: &ncRow{status: hangs, out: "A1\nB1\nA2\n", err: lines("Bound on 0.0.0.0 PORT")}},
		{id: "O57", args: "-u 127.0.0.1 PORT", peer: beforeUDP, status: hangs},
		{id: "O58", args: "-u -q 0 127.0.0.1 PORT", peer: beforeUDP},
		{id: "O58b", args: "-u -q 1 127.0.0.1 PORT", peer: beforeUDP},
		// Fault: UDP replies lost at the end of stdin.
		{id: "O58c", args: "-u -q 1 127.0.0.1 PORT", in: "x", peer: beforeUDPAnswer, ours: &ncRow{out: "ANS\n"}},
		{id: "O59", args: "-u -W 1 127.0.0.1 PORT", in: "x", peer: beforeUDPAnswer, out: "ANS\n"},
		{id: "O59w", args: "-u -w 1 127.0.0.1 PORT", in: "x", peer: beforeUDPAnswers, out: "ANS\nANS2\n"},
		{id: "O60", args: "-zvu 127.0.0.1 PORT", peer: beforeUDP, err: lines(succeeded)},
		{id: "O60w", args: "-zvu -w 1 127.0.0.1 PORT", peer: beforeUDP, err: lines(succeeded)},
		{id: "O61", args: "-zvu 127.0.0.1 DEAD", status: 1},
		// A datagram that came back is told of (NC.md, "`-u` to a closed port").
		{id: "O62", args: "-u 127.0.0.1 DEAD", in: "x", ours: &ncRow{status: 1, err: lines("nc: read: Connection refused")}},
		{id: "O63", args: "-U nosuch.sock", status: 1, err: lines("nc: nosuch.sock: No such file or directory")},
		{id: "O64", args: "-v -lU SOCK", peer: clientUnix, out: "hi\n", err: lines(append(boundSock, "Connection received on SOCK")...)},
		// Fault: a second -lU unlinking a live listener's path.
		{id: "O65", args: "-v -lU SOCK", peer: beforeUnixListener, status: hangs, err: lines(boundSock...),
			ours: &ncRow{status: 1, err: lines("nc: SOCK: Address already in use")}},
		{id: "O66", args: "-v -luU SOCK", peer: clientUnixPacket, status: hangs, out: "dg", err: lines("Bound on SOCK", "Connection received on SOCK")},
		// Fault: datagrams cut at 16,384 bytes.
		{id: "O76", args: "-luk PORT", peer: clientUDPBig, status: hangs, out: strings.Repeat("x", 16384),
			ours: &ncRow{status: hangs, out: strings.Repeat("x", 30000)}},
		{id: "O77", args: "-u -q0 127.0.0.1 PORT", in: strings.Repeat("x", 30000), peer: beforeUDP, got: "16384 13616 ",
			ours: &ncRow{got: "30000 "}},
		{id: "O78", args: "-u -q0 127.0.0.1 PORT", in: "a\nb\nc\n", peer: beforeUDP, got: "6 "},
	}
}

// proxyRows are the rows of proxies that refuse.
func proxyRows() []ncRow {
	return []ncRow{
		{id: "O67", args: "-Xconnect -x 127.0.0.1:PORT example.invalid 80", peer: forbids, status: 1,
			err: lines(`nc: Proxy error: "HTTP/1.0 403 Forbidden"`), got: "CONNECT example.invalid:80 HTTP/1.0\r\n\r\n"},
		{id: "O68", args: "-x 127.0.0.1:PORT 192.0.2.9 80", peer: knowsNoMethod, status: 1,
			err: lines("nc: authentication method negotiation failed")},
		{id: "O69", args: "-v -x 127.0.0.1:DEAD 192.0.2.9 80", status: 1,
			err: lines("nc: connect to 127.0.0.1 port DEAD (tcp) failed: Connection refused")},
	}
}

// forbids is an HTTP proxy that refuses.
func forbids(w *world) {
	if c := w.accept(); c != nil {
		b := make([]byte, 4096)
		n, _ := c.Read(b)
		w.note(string(b[:n]))
		c.Write([]byte("HTTP/1.0 403 Forbidden\r\n\r\n"))
		c.Close()
	}
}

// knowsNoMethod is a SOCKS 5 proxy that takes nobody.
func knowsNoMethod(w *world) {
	if c := w.accept(); c != nil {
		c.Read(make([]byte, 100))
		c.Write([]byte{5, 0xff})
		c.Close()
	}
}

func traditionalPacketRows() []ncRow {
	return []ncRow{
		{id: "T34", args: "-v -u -l -p PORT", peer: clientUDPTwo, status: hangs, out: "A1\nA2\n", got: "B: refused",
			err: lines("listening on [any] PORT ...", "connect to [127.0.0.1] from localhost [127.0.0.1] N")},
		{id: "T35", args: "-zvu 127.0.0.1 PORT", peer: beforeUDP, err: lines("localhost [127.0.0.1] PORT (?) open")},
		{id: "T36", args: "-zvu 127.0.0.1 DEAD", status: 1, err: lines("localhost [127.0.0.1] DEAD (?) : Connection refused")},
	}
}

// udpServer has fn called with each datagram that comes to the port, until the run is over.
func (w *world) udpServer(fn func(c *net.UDPConn, from *net.UDPAddr, datagram []byte)) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: w.port})
	if err != nil {
		w.Error(err)
		return
	}
	done := make(chan struct{})
	w.onLeave(func() {
		time.Sleep(50 * time.Millisecond) // what is on its way
		c.Close()
		<-done
	})
	go func() {
		defer close(done)
		for buf := make([]byte, 65536); ; {
			n, from, err := c.ReadFromUDP(buf)
			if err != nil {
				return
			}
			fn(c, from, buf[:n])
		}
	}()
}

// beforeUDP is a UDP server that says nothing, and notes the sizes of what comes.
func beforeUDP(w *world) {
	w.udpServer(func(_ *net.UDPConn, _ *net.UDPAddr, d []byte) { w.note(fmt.Sprint(len(d), " ")) })
}

// beforeUDPAnswer answers a third of a second after a datagram.
func beforeUDPAnswer(w *world) {
	w.udpServer(func(c *net.UDPConn, to *net.UDPAddr, _ []byte) {
		time.Sleep(300 * time.Millisecond)
		c.WriteToUDP([]byte("ANS\n"), to)
	})
}

// beforeUDPAnswers answers twice.
func beforeUDPAnswers(w *world) {
	w.udpServer(func(c *net.UDPConn, to *net.UDPAddr, _ []byte) {
		c.WriteToUDP([]byte("ANS\n"), to)
		time.Sleep(500 * time.Millisecond)
		c.WriteToUDP([]byte("ANS2\n"), to)
	})
}

// untilBound waits until somebody has bound the UDP port.
func (w *world) untilBound() {
	for range 1000 {
		table, _ := os.ReadFile("/proc/net/udp")
		if strings.Contains(string(table), fmt.Sprintf(":%04X 00000000:0000", w.port)) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.Error("nobody bound the port")
}

func (w *world) udpClient() net.Conn {
	c, err := net.Dial("udp4", fmt.Sprint("127.0.0.1:", w.port))
	if err != nil {
		w.Fatal(err)
	}
	w.onLeave(func() { c.Close() })
	return c
}

// clientUDPTwo is A, who sends, and B, who sends after it; what comes back to B is noted.
func clientUDPTwo(w *world) {
	w.untilBound()
	a, b := w.udpClient(), w.udpClient()
	a.Write([]byte("A1\n"))
	time.Sleep(200 * time.Millisecond)
	b.Write([]byte("B1\n"))
	time.Sleep(100 * time.Millisecond)
	a.Write([]byte("A2\n"))
	b.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := b.Read(make([]byte, 100)); err != nil && strings.Contains(err.Error(), "refused") {
		w.note("B: refused")
	}
	time.Sleep(200 * time.Millisecond)
}

// clientUDPBig sends one big datagram.
func clientUDPBig(w *world) {
	w.untilBound()
	w.udpClient().Write([]byte(strings.Repeat("x", 30000)))
	time.Sleep(300 * time.Millisecond)
}

// dialUnix connects to nc's path as soon as it is there.
func (w *world) dialUnix(network string) net.Conn {
	for range 1000 {
		if c, err := net.Dial(network, w.fill("SOCK")); err == nil {
			w.onLeave(func() { c.Close() })
			return c
		}
		time.Sleep(5 * time.Millisecond)
	}
	w.Error("nobody listens on the path")
	return nil
}

func clientUnix(w *world) {
	if c := w.dialUnix("unix"); c != nil {
		c.Write([]byte("hi\n"))
		time.Sleep(100 * time.Millisecond)
		c.Close()
	}
}

func clientUnixPacket(w *world) {
	path := w.fill("SOCK")
	for range 1000 {
		c, err := net.DialUnix("unixgram", &net.UnixAddr{Name: filepath.Join(w.dir, "client"), Net: "unixgram"},
			&net.UnixAddr{Name: path, Net: "unixgram"})
		if err == nil {
			w.onLeave(func() { c.Close() })
			c.Write([]byte("dg"))
			time.Sleep(200 * time.Millisecond)
			return
		}
		os.Remove(filepath.Join(w.dir, "client"))
		time.Sleep(5 * time.Millisecond)
	}
	w.Error("nobody has bound the path")
}

// beforeUnixListener is another nc that listens on the path already.
func beforeUnixListener(w *world) {
	path := w.fill("SOCK")
	c := exec.Command(w.command[0], append(w.command[1:len(w.command):len(w.command)], "-lkU", path)...)
	c.Env = append(os.Environ(), w.env...)
	if err := c.Start(); err != nil {
		w.Error(err)
		return
	}
	w.onLeave(func() { c.Process.Kill(); c.Wait() })
	if c := w.dialUnix("unix"); c != nil {
		c.Close()
	}
}
