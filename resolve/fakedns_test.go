package resolve

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// fakeDNS is a name server whose answers a test writes down. Its zone maps
// "NAME TYPE" to a reply, or with a server's number before it ("1 NAME TYPE")
// for that server only; "TYPE" and "NAME" may be "*". What is not there does not
// exist (NXDOMAIN).
//
// A reply is words: records ("A 192.0.2.1", "AAAA ::1", "CNAME target.test",
// "owner=NAME" before a record to give it to another name, "class=3" for
// another class) and manners:
//
//	nxdomain nodata servfail refused formerr notimp rcode=N   the rcode
//	aa noaa ra nora  flags (ra is set unless lame says otherwise)
//	lame             no answer, no flags
//	drop             silence
//	delay=DUR        late
//	tc               truncated over UDP
//	wrongid wrongname wrongtype   over UDP: a reply to another question, then the real one
//	only-wrong       without the real one
//	bare             the header alone
//	short            a few bytes
//	cut=N            the last N bytes missing
//	close            over TCP: the connection is closed instead
//	pad=N            N records of TXT before the rest
//	nofirst, nosecond: drop the first or second query for this name and type
type fakeDNS struct {
	mu    sync.Mutex
	zone  map[string]string
	log   []string
	count map[string]int

	servers []netip.AddrPort
}

// settled is a name that is answered and not counted.
const settled = "settled.invalid"

// listen starts the server on an address, UDP and TCP, under a number.
func (f *fakeDNS) listen(t testing.TB, number int, addr string) netip.AddrPort {
	pc, l, err := listenBoth(addr)
	for range 10 { // the port that was free for UDP may not be for TCP
		if err == nil || !strings.HasSuffix(addr, ":0") {
			break
		}
		pc, l, err = listenBoth(addr)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close(); l.Close() })
	go f.serveUDP(pc, number)
	go f.serveTCP(l, number)
	server := netip.MustParseAddrPort(pc.LocalAddr().String())
	f.servers = append(f.servers, server)
	return server
}

// listenBoth listens on one port, UDP and TCP.
func listenBoth(addr string) (net.PacketConn, net.Listener, error) {
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		return nil, nil, err
	}
	l, err := net.Listen("tcp", pc.LocalAddr().String())
	if err != nil {
		pc.Close()
	}
	return pc, l, err
}

func (f *fakeDNS) serveUDP(pc net.PacketConn, number int) {
	buf := make([]byte, maxMessage)
	for {
		n, from, err := pc.ReadFrom(buf)
		if err != nil {
			return
		}
		q := append([]byte(nil), buf[:n]...)
		answer := func() {
			for _, b := range f.replies(q, number, false) {
				pc.WriteTo(b, from)
			}
		}
		// Replies keep the order of the queries, unless one is to be late.
		if m, err := parseMessage(q); err == nil && strings.Contains(f.scriptFor(number, m), "delay=") {
			go answer()
		} else {
			answer()
		}
	}
}

func (f *fakeDNS) serveTCP(l net.Listener, number int) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go f.serveConn(conn, number)
	}
}

func (f *fakeDNS) serveConn(conn net.Conn, number int) {
	defer conn.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		q := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, q); err != nil {
			return
		}
		replies := f.replies(q, number, true)
		if replies == nil {
			return
		}
		for _, b := range replies {
			conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...))
		}
	}
}

// reset gives the server another zone and forgets the queries.
func (f *fakeDNS) reset(zone map[string]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.zone, f.log, f.count = zone, nil, make(map[string]int)
}

// queries gives what was asked since the last call, in order. Datagrams that the
// resolver did not wait for are still on their way: each server is asked for
// settled first, and has read all before that when it answers.
func (f *fakeDNS) queries(t testing.TB) []string {
	name, err := encodeName(settled)
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range f.servers {
		conn, err := net.Dial("udp", server.String())
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(10 * time.Second))
		conn.Write(newQuery(name, typeA, &resolvConf{}).wire)
		if _, err := conn.Read(make([]byte, maxMessage)); err != nil {
			t.Fatal(err)
		}
		conn.Close()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	log := f.log
	f.log, f.count = nil, make(map[string]int)
	return log
}

// scriptFor is the script for a query.
func (f *fakeDNS) scriptFor(number int, m message) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.script(number, m.question.String(), typeName(m.qtype))
}

func (f *fakeDNS) script(number int, name, qtype string) string {
	name = strings.ToLower(name)
	for _, key := range []string{
		fmt.Sprint(number, " ", name, " ", qtype), fmt.Sprint(number, " ", name, " *"),
		fmt.Sprint(number, " * ", qtype), fmt.Sprint(number, " * *"),
		name + " " + qtype, name + " *", "* " + qtype, "* *",
	} {
		if s, ok := f.zone[key]; ok {
			return s
		}
	}
	return "nxdomain"
}

// replies makes the replies to a query. nil closes a TCP connection.
func (f *fakeDNS) replies(q []byte, number int, tcp bool) [][]byte {
	m, err := parseMessage(q)
	if err != nil || !m.readableQuestion {
		return nil
	}
	name, qtype := m.question.String(), typeName(m.qtype)
	proto := "udp"
	if tcp {
		proto = "tcp"
	}
	f.mu.Lock()
	if name == settled {
		f.mu.Unlock()
		b := replyBuilder{query: q, m: m, flags: 0x8183}
		return b.build()
	}
	entry := fmt.Sprintf("%d %s %s %s flags=%02x%02x additional=%d", number, proto, name, qtype, q[2],
		q[3],
		m.additionals)
	f.log = append(f.log, entry)
	f.count[name+qtype]++
	nth := f.count[name+qtype]
	script := f.script(number, name, qtype)
	f.mu.Unlock()
	b := replyBuilder{query: q, m: m, tcp: tcp, nth: nth, flags: 0x8180}
	for _, word := range strings.Fields(script) {
		b.word(word)
	}
	return b.build()
}

// replyBuilder makes a reply out of a script.
type replyBuilder struct {
	query   []byte
	m       message
	tcp     bool
	nth     int
	flags   uint16
	owner   string
	class   uint16
	pending string // the type whose data is the next word
	records [][]byte
	silent  bool
	closing bool
	bare    bool
	only    bool
	cut     int
	short   bool
	wrong   []string
}

func (b *replyBuilder) word(w string) {
	key, arg, _ := strings.Cut(w, "=")
	n, _ := strconv.Atoi(arg)
	rcodes := map[string]uint16{"nxdomain": 3, "nodata": 0, "servfail": 2, "refused": 5, "formerr": 1,
		"notimp": 4}
	if rcode, ok := rcodes[key]; ok {
		b.flags = b.flags&^15 | rcode
		return
	}
	switch {
	case b.pending != "":
		b.record(b.pending, w)
		b.pending = ""
	case key == "rcode":
		b.flags = b.flags&^15 | uint16(n)
	case key == "aa":
		b.flags |= 1 << 10
	case key == "nora":
		b.flags &^= 1 << 7
	case key == "lame":
		b.flags &^= 1<<7 | 1<<10
	case key == "drop":
		b.silent = true
	case key == "nofirst":
		b.silent = b.silent || b.nth == 1
	case key == "nosecond":
		b.silent = b.silent || b.nth == 2
	case key == "delay":
		d, _ := time.ParseDuration(arg)
		time.Sleep(d)
	case key == "tc":
		if !b.tcp {
			b.flags |= 1 << 9
		}
	case key == "close":
		b.closing = b.tcp
	case key == "tcpservfail":
		if b.tcp {
			b.flags = b.flags&^15 | 2
		}
	case key == "bare":
		b.bare = true
	case key == "short":
		b.short = true
	case key == "cut":
		b.cut = n
	case key == "only-wrong":
		b.only = true
	case strings.HasPrefix(key, "wrong"):
		if !b.tcp {
			b.wrong = append(b.wrong, key)
		}
	case key == "owner":
		b.owner = arg
	case key == "class":
		b.class = uint16(n)
	case key == "pad":
		for range n {
			b.record("TXT", strings.Repeat("x", 100))
		}
	default:
		b.pending = key
	}
}

func (b *replyBuilder) record(kind, data string) {
	owner := b.m.question
	if b.owner != "" {
		owner, _ = encodeName(b.owner)
	}
	class := uint16(1)
	if b.class != 0 {
		class = b.class
	}
	b.class = 0
	var rtype rrType
	var rdata []byte
	switch kind {
	case "A":
		rtype, rdata = typeA, netip.MustParseAddr(data).AsSlice()
	case "AAAA":
		rtype, rdata = typeAAAA, netip.MustParseAddr(data).AsSlice()
	case "SHORTA":
		rtype, rdata = typeA, []byte(data)
	case "CNAME":
		rtype = typeCNAME
		target, err := encodeName(data)
		if err != nil {
			panic(err)
		}
		rdata = []byte(target)
		b.owner = data
	case "PTR":
		target, err := encodeName(data)
		if err != nil {
			panic(err)
		}
		rtype, rdata = typePTR, []byte(target)
	case "POINTER": // a CNAME to itself, by compression
		rtype, rdata = typeCNAME, []byte{0xc0, 0x0c}
	case "BADNAME":
		rtype, rdata = typeCNAME, []byte{0x80, 0x01}
	default:
		rtype, rdata = rrType(dnsmessage.TypeTXT), append([]byte{byte(len(data))}, data...)
	}
	be := binary.BigEndian
	r := append([]byte(nil), owner...)
	r = be.AppendUint16(r, uint16(rtype))
	r = be.AppendUint16(r, class)
	r = be.AppendUint32(r, 60)
	r = be.AppendUint16(r, uint16(len(rdata)))
	b.records = append(b.records, append(r, rdata...))
}

func (b *replyBuilder) build() [][]byte {
	switch {
	case b.closing:
		return nil
	case b.silent:
		return [][]byte{}
	case b.short:
		return [][]byte{b.query[:5]}
	}
	var list [][]byte
	for _, w := range b.wrong {
		list = append(list, b.message(w))
	}
	if !b.only {
		list = append(list, b.message(""))
	}
	return list
}

func (b *replyBuilder) message(wrong string) []byte {
	be := binary.BigEndian
	question := append([]byte(nil), b.m.question...)
	question = be.AppendUint16(question, uint16(b.m.qtype))
	question = be.AppendUint16(question, 1)
	id := b.m.ID
	switch wrong {
	case "wrongid":
		id ^= 0x5555
	case "wrongname":
		other, _ := encodeName("other.test")
		question = append(append([]byte(nil), other...), 0, byte(b.m.qtype), 0, 1)
	case "wrongtype":
		question[len(question)-3] = 16
	case "wrongclass":
		question[len(question)-1] = 3
	}
	out := be.AppendUint16(nil, id)
	out = be.AppendUint16(out, b.flags)
	if b.bare {
		return append(out, make([]byte, 8)...)
	}
	for _, n := range []int{1, len(b.records), 0, 0} {
		out = be.AppendUint16(out, uint16(n))
	}
	out = append(out, question...)
	for _, r := range b.records {
		out = append(out, r...)
	}
	return out[:len(out)-min(b.cut, len(out))]
}
