package cmd

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"gnc/netio"
)

// ncFlags is what nc's letters asked for, in nc's own terms.
type ncFlags struct {
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

// errNCHelp says that -h asked for the summary.
var errNCHelp = errors.New("help")

// ncLetter is a row of the table of letters. set is nil where the letter is accepted and changes nothing.
type ncLetter struct {
	letter byte
	value  bool
	set    func(f *ncFlags, value string) error
}

// ncFlag is a letter without value.
func ncFlag(letter byte, flag func(f *ncFlags) *bool) ncLetter {
	return ncLetter{letter, false, func(f *ncFlags, _ string) error { *flag(f) = true; return nil }}
}

// ncText is a letter whose value is kept as it is.
func ncText(letter byte, text func(f *ncFlags) *string) ncLetter {
	return ncLetter{letter, true, func(f *ncFlags, v string) error {
		*text(f) = v
		if v == "" { // a script's variable that was never set
			return fmt.Errorf("the value of -%c is empty", letter)
		}
		return nil
	}}
}

// ncNumber is a letter whose value is a number from low to high; what is its name in messages.
func ncNumber(letter byte, what string, low, high int, number func(f *ncFlags) *int) ncLetter {
	return ncLetter{letter, true, func(f *ncFlags, v string) (err error) {
		*number(f), err = parseNumber(what, v, low, high)
		return err
	}}
}

// ncLetters is the union of Debian's nc.openbsd and nc.traditional, which agree about the letters that take a value.
func ncLetters() []ncLetter {
	return []ncLetter{
		ncFlag('b', func(f *ncFlags) *bool { return &f.broadcast }),
		ncFlag('C', func(f *ncFlags) *bool { return &f.crlf }),
		ncFlag('D', func(f *ncFlags) *bool { return &f.debug }),
		ncFlag('d', func(f *ncFlags) *bool { return &f.noStdin }),
		ncFlag('F', func(f *ncFlags) *bool { return &f.passFD }),
		ncFlag('k', func(f *ncFlags) *bool { return &f.keep }),
		ncFlag('l', func(f *ncFlags) *bool { return &f.listen }),
		ncFlag('N', func(f *ncFlags) *bool { return &f.shutdown }),
		ncFlag('n', func(f *ncFlags) *bool { return &f.numeric }),
		ncFlag('r', func(f *ncFlags) *bool { return &f.random }),
		ncFlag('S', func(f *ncFlags) *bool { return &f.md5 }),
		ncFlag('t', func(f *ncFlags) *bool { return &f.telnet }),
		ncFlag('U', func(f *ncFlags) *bool { return &f.unix }),
		ncFlag('u', func(f *ncFlags) *bool { return &f.udp }),
		ncFlag('Z', func(f *ncFlags) *bool { return &f.dccp }),
		ncFlag('z', func(f *ncFlags) *bool { return &f.scan }),
		ncText('s', func(f *ncFlags) *string { return &f.source }),
		ncText('p', func(f *ncFlags) *string { return &f.sourcePort }),
		ncText('x', func(f *ncFlags) *string { return &f.proxy }),
		ncText('P', func(f *ncFlags) *string { return &f.proxyUser }),
		ncText('e', func(f *ncFlags) *string { return &f.program }),
		ncText('c', func(f *ncFlags) *string { return &f.shellProgram }),
		ncText('o', func(f *ncFlags) *string { return &f.hexDump }),
		ncNumber('I', "TCP receive window", 1, 1<<30, func(f *ncFlags) *int { return &f.recvBuf }),
		ncNumber('O', "TCP send window", 1, 1<<30, func(f *ncFlags) *int { return &f.sendBuf }),
		ncNumber('W', "receive limit", 1, math.MaxInt32, func(f *ncFlags) *int { return &f.recvLimit }),
		ncNumber('M', "ttl is", 0, 255, func(f *ncFlags) *int { return &f.ttl }),
		ncNumber('m', "minttl is", 0, 255, func(f *ncFlags) *int { return &f.minTTL }),
		{'h', false, func(*ncFlags, string) error { return errNCHelp }},
		{'v', false, func(f *ncFlags, _ string) error { f.verbose++; return nil }},
		{'4', false, func(f *ncFlags, _ string) error { f.ipv4, f.ipv6 = true, false; return nil }}, // the last of the two counts
		{'6', false, func(f *ncFlags, _ string) error { f.ipv4, f.ipv6 = false, true; return nil }},
		{'a', false, nil}, // "answer only", which no nc has ever implemented
		{'i', true, func(f *ncFlags, v string) error { return ncSeconds("interval", v, math.MaxUint32, &f.interval) }},
		{'w', true, (*ncFlags).setTimeout},
		{'q', true, (*ncFlags).setQuit},
		{'T', true, (*ncFlags).setTOS},
		{'X', true, (*ncFlags).setProxyKind},
		{'V', true, refuseNC("no alternate routing table support available")},
		{'g', true, (*ncFlags).addHop},
		{'G', true, (*ncFlags).setHopPointer},
	}
}

// ncRow is the row of a letter, nil if nc has no such letter.
func ncRow(letters []ncLetter, letter byte) *ncLetter {
	for i := range letters {
		if letters[i].letter == letter {
			return &letters[i]
		}
	}
	return nil
}

// ncLetterNamed reports whether a letter is known to nc, and takes a value.
func ncLetterNamed(letter byte) (value, known bool) {
	row := ncRow(ncLetters(), letter)
	return row != nil && row.value, row != nil
}

func refuseNC(text string) func(*ncFlags, string) error {
	return func(*ncFlags, string) error { return errors.New(text) }
}

// addHop reads a hop of traditional's source routing.
func (f *ncFlags) addHop(text string) error {
	if !f.traditional {
		return errors.New("-g is traditional's source routing; set GNC_NC=traditional, or leave it out")
	}
	hop, err := traditionalAddr(text)
	switch {
	case err != nil:
		return err
	case !hop.Is4():
		return errors.New("source routing is IPv4's")
	case len(f.hops) == netio.MaxHops:
		return errors.New("too many -g hops")
	}
	f.hops = append(f.hops, hop)
	return nil
}

func (f *ncFlags) setHopPointer(text string) error {
	if !f.traditional {
		return errors.New("-G is macOS's connect time-out, or traditional's source routing pointer; write -w SECONDS for the first")
	}
	n, err := parseNumber("hop pointer", text, 4, 28)
	if err != nil || n%4 != 0 {
		return fmt.Errorf("invalid hop pointer %s, must be multiple of 4 <= 28", text)
	}
	f.hopPointer = n
	return nil
}

// foreignLetters are letters of other dialects, and what to write instead.
var foreignLetters = map[byte]string{
	'K': "-K is OpenBSD's TLS key; " + noTLS,
	'R': "-R is OpenBSD's TLS authorities; " + noTLS,
	'H': "-H is OpenBSD's TLS hash, or macOS's keepalive; gnc has neither",
	'L': "-L is GNU netcat's tunnel; write nc -l PORT with -c 'nc HOST PORT'",
	'A': "-A is macOS's keepalive setting; write gnc connect --keepalive DURATION",
	'J': "-J is macOS's keepalive setting; write gnc connect --keepalive DURATION",
}

func ncSeconds(what, text string, most int, d *time.Duration) error {
	n, err := parseNumber(what, text, 0, most)
	*d = time.Duration(n) * time.Second
	return err
}

func (f *ncFlags) setTimeout(text string) error {
	if err := ncSeconds("timeout", text, math.MaxInt32/1000, &f.timeout); err != nil && !f.traditional {
		return err
	}
	switch {
	case f.traditional && f.timeout <= 0:
		return fmt.Errorf("invalid wait-time %s", text)
	case f.timeout == 0:
		f.timeout = ncMoment
	}
	return nil
}

// ncMoment is -w 0: nc takes one look at what is there and ends. In a pipe, who writes to us may have begun when we did.
const ncMoment = 50 * time.Millisecond

// setQuit reads -q, where any negative number means to wait without bound.
func (f *ncFlags) setQuit(text string) error {
	n, err := parseNumber("quit timer", text, -math.MaxInt32, math.MaxInt32)
	f.quit, f.quitAfter = n >= 0, time.Duration(n)*time.Second
	return err
}

func (f *ncFlags) setProxyKind(text string) error {
	switch strings.ToLower(text) {
	case "4", "4a", "5", "connect":
		f.proxyKind = strings.ToLower(text)
		return nil
	}
	return errors.New("unsupported proxy protocol")
}

func (f *ncFlags) setTOS(text string) error {
	word := strings.TrimLeft(text, " \t\n\v\f\r")
	if digits, hex := strings.CutPrefix(word, "0x"); hex { // as far as they go: strtol(3)
		word = "0x0" + digits[:len(digits)-len(strings.TrimLeft(digits, "0123456789abcdefABCDEF"))]
	}
	tos, ok := tosWord(word)
	if !ok {
		return fmt.Errorf("illegal tos value %s", text)
	}
	f.tos = tos
	return nil
}

// noTLS says who speaks TLS.
const noTLS = "gnc does not speak TLS yet; openssl s_client and ncat do"
