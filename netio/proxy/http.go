package proxy

import (
	"bytes"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"

	"gnc/netio/address"
)

// longestHead is the longest head of an HTTP proxy's reply that we read, in bytes.
const longestHead = 64 << 10

// NewHTTPConnect asks an HTTP proxy for a tunnel with a CONNECT request of HTTP/1.0. If there is a
// user, it sends user and password as Basic authentication.
func NewHTTPConnect(host string, port uint16, user, password string) (Handshake, error) {
	host = withoutZone(host)
	if host == "" || strings.ContainsAny(host, " \r\n\t/") || strings.Contains(user, ":") {
		return nil, errors.New("the host or the user has characters that an HTTP proxy can't be told")
	}
	request := "CONNECT " + address.Target{Host: host, Port: strconv.Itoa(int(port))}.String() + " HTTP/1.0\r\n"
	if user != "" {
		request += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password)) + "\r\n"
	}
	return &httpConnect{request: request + "\r\n", login: user != ""}, nil
}

// httpConnect reads the head of the reply, up to and including its empty line.
type httpConnect struct {
	request string
	login   bool // a user and password have been sent
	head    []byte
	line    int // bytes read of the current line
}

func (h *httpConnect) Begin() []byte { return []byte(h.request) }

func (h *httpConnect) Step(in []byte) (used int, say []byte, done bool, err error) {
	for _, b := range in {
		used++
		h.head = append(h.head, b)
		switch {
		case b == '\n' && h.line == 0:
			return used, nil, true, h.verdict()
		case b == '\n':
			h.line = 0
		case b != '\r':
			h.line++
		}
		if len(h.head) > longestHead {
			return used, nil, false, &Error{Protocol: "HTTP", Reason: "the head of its reply is too long"}
		}
	}
	return used, nil, false, nil
}

// verdict reads the status line.
func (h *httpConnect) verdict() error {
	line, _, _ := bytes.Cut(h.head, []byte("\n"))
	text := strings.TrimSuffix(string(line), "\r")
	version, rest, _ := strings.Cut(text, " ")
	code, _, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	switch {
	case version != "HTTP/1.0" && version != "HTTP/1.1", err != nil, len(code) != 3:
		return &Error{Protocol: "HTTP", Reason: "its reply is not HTTP", Line: text}
	case status == 407:
		reason, anonymous := h.wants()
		return &Error{Protocol: "HTTP", Reason: reason + ": " + strings.TrimSpace(rest), Line: text, Anonymous: anonymous}
	case status < 200 || status > 299:
		return &Error{Protocol: "HTTP", Reason: strings.TrimSpace(rest), Line: text}
	}
	return nil
}

// wants gives the reason of a reply with status 407: the login was wrong, or of no use. anonymous
// means that we sent no login and that one would help.
func (h *httpConnect) wants() (reason string, anonymous bool) {
	schemes := authSchemes(h.head)
	basic := slices.ContainsFunc(schemes, func(s string) bool { return strings.EqualFold(s, "Basic") })
	switch {
	case len(schemes) > 0 && !basic:
		return "it wants authentication by " + strings.Join(schemes, " or ") + ", and gnc has only Basic", false
	case h.login:
		return "the user and password were refused", false
	}
	return "it wants a user and password", true
}

// mostSchemes bounds the schemes that an error names, and longestScheme a name's length in bytes.
const (
	mostSchemes   = 5
	longestScheme = 30
)

// authSchemes returns the schemes of authentication that a reply's Proxy-Authenticate fields offer
// (RFC 9110, 11.7.1), each once. A field can have several challenges, and a challenge several
// parameters. Commas separate all of them, so a scheme is a word that no "=" follows.
func authSchemes(head []byte) (schemes []string) {
	for line := range strings.Lines(string(head)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if !strings.EqualFold(name, "Proxy-Authenticate") {
			continue
		}
		for _, part := range splitUnquoted(value) {
			scheme, rest, _ := strings.Cut(strings.TrimSpace(part), " ")
			isParameter := !isScheme(scheme) || strings.HasPrefix(strings.TrimSpace(rest), "=")
			known := slices.ContainsFunc(schemes, func(s string) bool { return strings.EqualFold(s, scheme) })
			if !isParameter && !known && len(schemes) < mostSchemes {
				schemes = append(schemes, scheme)
			}
		}
	}
	return schemes
}

// isScheme reports whether a word can be the name of a scheme.
func isScheme(word string) bool {
	foreign := func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.'
	}
	return word != "" && len(word) <= longestScheme && !strings.ContainsFunc(word, foreign)
}

// splitUnquoted splits a text at the commas outside double quotes. Within quotes a backslash
// escapes the next byte.
func splitUnquoted(text string) (parts []string) {
	quoted, begin := false, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			parts, begin = append(parts, text[begin:i]), i+1
		}
	}
	return append(parts, text[begin:])
}
