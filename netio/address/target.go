// Package address reads what a person types: HOST:PORT targets and durations. It looks nothing up:
// its results go to cmd/job and the rooms of netio. Begin with target.go.
package address

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Target is an address as a person writes it, before any look-up.
type Target struct {
	Host string // a name, or a literal address without brackets; "": none
	Port string // a number or a service name
}

func (t Target) String() string {
	if strings.Contains(t.Host, ":") {
		return "[" + t.Host + "]:" + t.Port
	}
	return t.Host + ":" + t.Port
}

// Parse reads an address of one word: HOST:PORT, [V6]:PORT or :PORT.
func Parse(word string) (Target, error) {
	if scheme, rest, ok := strings.Cut(word, "://"); ok {
		return Target{}, urlError(word, scheme, rest)
	}
	if rest, ok := strings.CutPrefix(word, "["); ok {
		if bare, ok := strings.CutSuffix(rest, "]"); ok && IsIPv6(bare) {
			return Target{}, portless(word, bare)
		}
		host, port, ok := strings.Cut(rest, "]:")
		if !ok || host == "" || port == "" || strings.ContainsAny(host+port, "[]") || strings.Contains(port, ":") {
			return Target{}, fmt.Errorf("address %q is not [HOST]:PORT", word)
		}
		return Target{Host: host, Port: port}, nil
	}
	last := strings.LastIndexByte(word, ':')
	if _, err := strconv.ParseUint(word, 10, 16); err == nil {
		return Target{}, fmt.Errorf("address %q is a port alone; write HOST %s", word, word)
	}
	if last < 0 || last == len(word)-1 {
		return Target{}, fmt.Errorf("address %q has no port; write %s:PORT", word, strings.TrimSuffix(word, ":"))
	}
	if strings.ContainsAny(word, "[]") {
		return Target{}, fmt.Errorf("address %q is not [HOST]:PORT", word)
	}
	if strings.Contains(word[:last], ":") {
		return Target{}, manyColons(word, word[:last], word[last+1:])
	}
	return Target{Host: word[:last], Port: word[last+1:]}, nil
}

// urlError tells the user what to write instead of a URL.
func urlError(word, scheme, rest string) error {
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	target, err := Parse(rest)
	if err != nil {
		target = Target{Host: "HOST", Port: "PORT"}
		if port := map[string]string{"http": "80", "https": "443"}[scheme]; port != "" && plainHost(rest) {
			target = Pair(rest, port)
		}
	}
	return fmt.Errorf("address %q is a URL, and gnc does not speak %s; write HOST PORT, or write %s",
		word, scheme, target)
}

// plainHost reports whether the host of a URL has no port.
func plainHost(s string) bool {
	return s != "" && !strings.ContainsAny(strings.Trim(s, "[]"), ":[]") || IsIPv6(strings.Trim(s, "[]"))
}

// manyColons tells the user what to write instead of an address with several colons. The last colon
// may or may not begin a port.
func manyColons(word, host, port string) error {
	switch {
	case !IsIPv6(word) && !IsIPv6(host):
		return fmt.Errorf("address %q is not HOST:PORT", word)
	case !IsIPv6(host):
		return portless(word, word)
	}
	instead := fmt.Sprintf("[%s]:%s, or the host and the port as two words", host, port)
	if IsIPv6(word) {
		instead += fmt.Sprintf("; or [%s]:PORT", word)
	}
	return fmt.Errorf("address %q is ambiguous; write %s", word, instead)
}

// portless is the error of an IPv6 address without a port.
func portless(word, host string) error {
	return fmt.Errorf("address %q has no port; write [%s]:PORT, or the host and the port as two words", word, host)
}

func IsIPv6(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Is6()
}

// Pair makes a Target of two words, HOST PORT. Brackets around an IPv6 address are allowed.
func Pair(host, port string) Target {
	if rest, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(rest, "]") {
		host = strings.TrimSuffix(rest, "]")
	}
	return Target{Host: host, Port: port}
}
