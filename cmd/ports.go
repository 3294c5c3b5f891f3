package cmd

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gnc/resolve"
)

// parsePorts expands a port, by number or by name, or a range of them in either direction.
func parsePorts(word string) ([]string, error) {
	low, high, isRange := strings.Cut(word, "-")
	if !isRange || !isNumber(low) {
		port, err := parsePort(word)
		return []string{strconv.Itoa(port)}, err
	}
	first, err := parsePort(low)
	if err != nil {
		return nil, err
	}
	last, err := parsePort(high)
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

// parsePort is a port by number or by name.
func parsePort(word string) (int, error) {
	if !isNumber(word) {
		for _, protocol := range []string{"tcp", "udp"} { // services(5), where a few are of datagrams only
			if s, found := resolve.New().ServiceByName(word, protocol); found && s.Port > 0 {
				return s.Port, nil
			}
		}
	}
	return parseNumber("port number", word, 1, 65535)
}

// ownPort is a port of ours as getaddrinfo(3) reads it: nothing is any, and a number that is too large wraps.
func ownPort(word string) (int, error) {
	number := strings.TrimLeft(word, " \t\n\v\f\r")
	n, err := strconv.ParseUint(strings.TrimPrefix(number, "+"), 10, 64)
	switch {
	case word == "", err == nil, errors.Is(err, strconv.ErrRange):
		return int(uint16(n)), nil
	case !isNumber(word):
		if port, err := parsePort(word); err == nil {
			return port, nil
		}
	}
	return 0, errors.New("getaddrinfo: Servname not supported for ai_socktype")
}

func isNumber(word string) bool {
	return word != "" && strings.Trim(word, "+-0123456789") == ""
}

const (
	maxInt32  = 1<<31 - 1
	maxUint32 = 1<<32 - 1
)

// parseNumber reads a number as strtonum(3) does, whose three complaints scripts may look for. what is its name; where
// that ends in "is", the complaint does without the word itself.
func parseNumber(what, text string, low, high int) (int, error) {
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
