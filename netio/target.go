package netio

import (
	"fmt"
	"strings"
)

// Target is an address as a person writes it: not looked up yet.
type Target struct {
	Host string // a name or a literal address without brackets; "" is none
	Port string // a number or a service name
}

func (t Target) String() string {
	if strings.Contains(t.Host, ":") {
		return "[" + t.Host + "]:" + t.Port
	}
	return t.Host + ":" + t.Port
}

// ParseTarget reads the one-word form of an address: HOST:PORT, [V6]:PORT or :PORT.
func ParseTarget(word string) (Target, error) {
	if rest, ok := strings.CutPrefix(word, "["); ok {
		host, port, ok := strings.Cut(rest, "]:")
		if !ok || host == "" || port == "" || strings.ContainsAny(host+port, "[]") || strings.Contains(port, ":") {
			return Target{}, fmt.Errorf("address %q is not [HOST]:PORT", word)
		}
		return Target{Host: host, Port: port}, nil
	}
	last := strings.LastIndexByte(word, ':')
	if last < 0 || last == len(word)-1 {
		return Target{}, fmt.Errorf("address %q has no port; write %s:PORT", word, strings.TrimSuffix(word, ":"))
	}
	if strings.ContainsAny(word, "[]") {
		return Target{}, fmt.Errorf("address %q is not [HOST]:PORT", word)
	}
	if strings.Contains(word[:last], ":") {
		return Target{}, fmt.Errorf("address %q is ambiguous; write [%s]:%s, or the host and the port as two words", word,
			word[:last], word[last+1:])
	}
	return Target{Host: word[:last], Port: word[last+1:]}, nil
}

// PairTarget reads the two-word form, HOST PORT. Brackets around an IPv6 address are allowed.
func PairTarget(host, port string) Target {
	if rest, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(rest, "]") {
		host = strings.TrimSuffix(rest, "]")
	}
	return Target{Host: host, Port: port}
}
