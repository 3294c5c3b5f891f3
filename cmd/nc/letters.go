package nc

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"gnc/cmd/job"
	"gnc/netio/sock"
)

// flags are what nc's letters asked for, in nc's own terms.
type flags struct {
	name        string // by which the program was called, for messages
	version     string
	traditional bool // nc.traditional's meaning where the dialects clash

	ipv4, ipv6, listen, keep, udp, unix      bool
	scan, numeric, noStdin, shutdown, random bool
	crlf, telnet, passFD, broadcast, debug   bool
	md5, dccp                                bool
	verbose                                  int

	interval, timeout time.Duration
	quit              bool // -q was given, not negative
	quitAfter         time.Duration
	recvLimit         int
	recvBuf, sendBuf  int
	ttl, minTTL, tos  int          // -1: not given
	hops              []netip.Addr // of traditional's -g
	hopPointer        int

	md5Key                         string // from the environment
	source, sourcePort             string
	proxy, proxyKind, proxyUser    string
	program, shellProgram, hexDump string
}

// errHelp says that -h asked for the summary.
var errHelp = errors.New("help")

// letter is a row of the table of letters. set is nil where the letter is accepted and changes
// nothing.
type letter struct {
	name  byte
	value bool // it takes one
	set   func(f *flags, value string) error
}

// flag is a letter without value.
func flag(name byte, field func(f *flags) *bool) letter {
	return letter{name, false, func(f *flags, _ string) error { *field(f) = true; return nil }}
}

// text is a letter whose value is kept as it is.
func text(name byte, field func(f *flags) *string) letter {
	return letter{name, true, func(f *flags, v string) error {
		*field(f) = v
		if v == "" { // a script's variable that was never set
			return fmt.Errorf("the value of -%c is empty", name)
		}
		return nil
	}}
}

// number is a letter whose value is a number from low to high; messages call it what.
func number(name byte, what string, low, high int, field func(f *flags) *int) letter {
	return letter{name, true, func(f *flags, v string) (err error) {
		*field(f), err = job.ParseNumber(what, v, low, high)
		return err
	}}
}

// letters is the union of Debian's nc.openbsd and nc.traditional, which agree about the letters
// that take a value.
func letters() []letter {
	return []letter{
		flag('b', func(f *flags) *bool { return &f.broadcast }),
		flag('C', func(f *flags) *bool { return &f.crlf }),
		flag('D', func(f *flags) *bool { return &f.debug }),
		flag('d', func(f *flags) *bool { return &f.noStdin }),
		flag('F', func(f *flags) *bool { return &f.passFD }),
		flag('k', func(f *flags) *bool { return &f.keep }),
		flag('l', func(f *flags) *bool { return &f.listen }),
		flag('N', func(f *flags) *bool { return &f.shutdown }),
		flag('n', func(f *flags) *bool { return &f.numeric }),
		flag('r', func(f *flags) *bool { return &f.random }),
		flag('S', func(f *flags) *bool { return &f.md5 }),
		flag('t', func(f *flags) *bool { return &f.telnet }),
		flag('U', func(f *flags) *bool { return &f.unix }),
		flag('u', func(f *flags) *bool { return &f.udp }),
		flag('Z', func(f *flags) *bool { return &f.dccp }),
		flag('z', func(f *flags) *bool { return &f.scan }),
		text('s', func(f *flags) *string { return &f.source }),
		text('p', func(f *flags) *string { return &f.sourcePort }),
		text('x', func(f *flags) *string { return &f.proxy }),
		text('P', func(f *flags) *string { return &f.proxyUser }),
		text('e', func(f *flags) *string { return &f.program }),
		text('c', func(f *flags) *string { return &f.shellProgram }),
		text('o', func(f *flags) *string { return &f.hexDump }),
		number('I', "TCP receive window", 1, 1<<30, func(f *flags) *int { return &f.recvBuf }),
		number('O', "TCP send window", 1, 1<<30, func(f *flags) *int { return &f.sendBuf }),
		number('W', "receive limit", 1, math.MaxInt32, func(f *flags) *int { return &f.recvLimit }),
		number('M', "ttl is", 0, 255, func(f *flags) *int { return &f.ttl }),
		number('m', "minttl is", 0, 255, func(f *flags) *int { return &f.minTTL }),
		{'h', false, func(*flags, string) error { return errHelp }},
		{'v', false, func(f *flags, _ string) error { f.verbose++; return nil }},
		{'4', false, func(f *flags, _ string) error { f.ipv4, f.ipv6 = true, false; return nil }}, // the last of the two counts
		{'6', false, func(f *flags, _ string) error { f.ipv4, f.ipv6 = false, true; return nil }},
		{'a', false, nil}, // "answer only", which no nc has ever implemented
		{'i', true, func(f *flags, v string) error { return seconds("interval", v, math.MaxUint32, &f.interval) }},
		{'w', true, (*flags).setTimeout},
		{'q', true, (*flags).setQuit},
		{'T', true, (*flags).setTOS},
		{'X', true, (*flags).setProxyKind},
		{'V', true, refuse("no alternate routing table support available")},
		{'g', true, (*flags).addHop},
		{'G', true, (*flags).setHopPointer},
	}
}

// row is the row of a letter, nil if nc has no such letter.
func row(table []letter, name byte) *letter {
	for i := range table {
		if table[i].name == name {
			return &table[i]
		}
	}
	return nil
}

// Letter reports whether nc knows a letter, and whether that takes a value.
func Letter(name byte) (value, known bool) {
	l := row(letters(), name)
	return l != nil && l.value, l != nil
}

func refuse(text string) func(*flags, string) error {
	return func(*flags, string) error { return errors.New(text) }
}

// addHop reads a hop of traditional's source routing.
func (f *flags) addHop(text string) error {
	if !f.traditional {
		return errors.New("-g is traditional's source routing; set GNC_NC=traditional, or leave it out")
	}
	hop, err := traditionalAddr(text)
	switch {
	case err != nil:
		return err
	case !hop.Is4():
		return errors.New("source routing is IPv4's")
	case len(f.hops) == sock.MaxHops:
		return errors.New("too many -g hops")
	}
	f.hops = append(f.hops, hop)
	return nil
}

func (f *flags) setHopPointer(text string) error {
	if !f.traditional {
		return errors.New("-G is macOS's connect time-out, or traditional's source routing pointer; write -w SECONDS for the first")
	}
	n, err := job.ParseNumber("hop pointer", text, 4, 28)
	if err != nil || n%4 != 0 {
		return fmt.Errorf("invalid hop pointer %s, must be multiple of 4 <= 28", text)
	}
	f.hopPointer = n
	return nil
}

// foreignLetters are letters of other dialects, and what to write instead.
var foreignLetters = map[byte]string{
	'K': "-K is OpenBSD's TLS key; " + NoTLS,
	'R': "-R is OpenBSD's TLS authorities; " + NoTLS,
	'H': "-H is OpenBSD's TLS hash, or macOS's keepalive; gnc has neither",
	'L': "-L is GNU netcat's tunnel; write nc -l PORT with -c 'nc HOST PORT'",
	'A': "-A is macOS's keepalive setting; write gnc connect --keepalive DURATION",
	'J': "-J is macOS's keepalive setting; write gnc connect --keepalive DURATION",
}

func seconds(what, text string, most int, d *time.Duration) error {
	n, err := job.ParseNumber(what, text, 0, most)
	*d = time.Duration(n) * time.Second
	return err
}

func (f *flags) setTimeout(text string) error {
	if err := seconds("timeout", text, math.MaxInt32/1000, &f.timeout); err != nil && !f.traditional {
		return err
	}
	switch {
	case f.traditional && f.timeout <= 0:
		return fmt.Errorf("invalid wait-time %s", text)
	case f.timeout == 0:
		f.timeout = moment
	}
	return nil
}

// moment is -w 0: nc looks once at what is there and ends. In a pipe, the writer may have begun
// when we did.
const moment = 50 * time.Millisecond

// setQuit reads -q, where any negative number means to wait without bound.
func (f *flags) setQuit(text string) error {
	n, err := job.ParseNumber("quit timer", text, -math.MaxInt32, math.MaxInt32)
	f.quit, f.quitAfter = n >= 0, time.Duration(n)*time.Second
	return err
}

func (f *flags) setProxyKind(text string) error {
	switch strings.ToLower(text) {
	case "4", "4a", "5", "connect":
		f.proxyKind = strings.ToLower(text)
		return nil
	}
	return errors.New("unsupported proxy protocol")
}

func (f *flags) setTOS(text string) error {
	word := strings.TrimLeft(text, " \t\n\v\f\r")
	if digits, hex := strings.CutPrefix(word, "0x"); hex { // as far as they go: strtol(3)
		word = "0x0" + digits[:len(digits)-len(strings.TrimLeft(digits, "0123456789abcdefABCDEF"))]
	}
	tos, ok := job.TOS(word)
	if !ok {
		return fmt.Errorf("illegal tos value %s", text)
	}
	f.tos = tos
	return nil
}

// NoTLS names programs that speak TLS.
const NoTLS = "gnc does not speak TLS yet; openssl s_client and ncat do"
