package job

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gnc/resolve"
)

// ParsePorts expands a port, by number or by name, or a range of them in either direction.
func ParsePorts(word string) ([]string, error) {
	low, high, isRange := strings.Cut(word, "-")
	if !isRange || !IsNumber(low) {
		port, err := ParsePort(word)
		return []string{strconv.Itoa(port)}, err
	}
	first, err := ParsePort(low)
	if err != nil {
		return nil, err
	}
	last, err := ParsePort(high)
	if err != nil {
		return nil, err
	}
	first, last = min(first, last), max(first, last)
	ports := make([]string, 0, last-first+1)
	for port := first; port <= last; port++ {
		ports = append(ports, strconv.Itoa(port))
	}
	return ports, nil
}

// ParsePort is a port by number or by name.
func ParsePort(word string) (int, error) {
	if !IsNumber(word) {
		for _, protocol := range []string{"tcp", "udp"} { // services(5), where a few are of datagrams only
			if s, found := resolve.New().ServiceByName(word, protocol); found && s.Port > 0 {
				return s.Port, nil
			}
		}
	}
	return ParseNumber("port number", word, 1, 65535)
}

func IsNumber(word string) bool {
	return word != "" && strings.Trim(word, "+-0123456789") == ""
}

// ParseNumber reads a number as strtonum(3) does, whose three complaints scripts may look for. what
// is its name; where that ends in "is", the complaint does without the word itself.
func ParseNumber(what, text string, low, high int) (int, error) {
	colon := ": " + text
	if strings.HasSuffix(what, " is") {
		colon = ""
	}
	number := strings.TrimLeft(text, " \t\n\v\f\r")
	n, err := strconv.ParseInt(number, 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange) && number[0] == '-', err == nil && n < int64(low):
		return 0, fmt.Errorf("%s too small%s", what, colon)
	case errors.Is(err, strconv.ErrRange), err == nil && n > int64(high):
		return 0, fmt.Errorf("%s too large%s", what, colon)
	case err != nil:
		return 0, fmt.Errorf("%s invalid%s", what, colon)
	}
	return int(n), nil
}

// CommandLine is a command line as a shell takes it.
func CommandLine(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = word
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,") != "" {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// IsPath reports whether an address can only be the path of a Unix socket.
func IsPath(word string) bool {
	return strings.HasPrefix(word, "/") || strings.HasPrefix(word, "./") || strings.HasPrefix(word, "../") || strings.HasPrefix(word, "@")
}

// TOS reads a type of service: a number, a word of RFC 1349 (lowdelay and the like), a class of RFC
// 2474 (cs0 to cs7), of RFC 2597 (af11 to af43), ef (RFC 3246), va (RFC 5865), lowcost or
// netcontrol.
func TOS(text string) (tos int, ok bool) {
	word := strings.ToLower(text)
	named := map[string]int{"lowdelay": 0x10, "throughput": 0x08, "reliability": 0x04, "lowcost": 0x02, "mincost": 0x02,
		"inetcontrol": 0xc0, "netcontrol": 0xe0, "critical": 0xa0, "ef": 0xb8, "va": 0xb0}
	if tos, ok = named[word]; ok {
		return tos, true
	}
	var class, drop int
	if n, err := fmt.Sscanf(word, "af%1d%1d", &class, &drop); n == 2 && err == nil && len(word) == 4 &&
		class >= 1 && class <= 4 && drop >= 1 && drop <= 3 {
		return class<<5 | drop<<3, true
	}
	if n, err := fmt.Sscanf(word, "cs%1d", &class); n == 1 && err == nil && len(word) == 3 && class <= 7 {
		return class << 5, true
	}
	n, err := strconv.ParseUint(word, 0, 8)
	return int(n), err == nil
}

// Family is the network of addresses of one family, or of both.
func Family(ip4, ip6 bool) string {
	switch {
	case ip4:
		return "ip4"
	case ip6:
		return "ip6"
	}
	return "ip"
}
