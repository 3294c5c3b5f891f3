package netio

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

// longestHead bounds the head of an HTTP proxy's reply.
const longestHead = 64 << 10

// NewHTTPConnect asks an HTTP proxy for a tunnel: a CONNECT request of HTTP/1.0, with the user and password as Basic
// if there is a user.
func NewHTTPConnect(host string, port uint16, user, password string) (Handshake, error) {
	host = withoutZone(host)
	if host == "" || strings.ContainsAny(host, " \r\n\t/") || strings.Contains(user, ":") {
		return nil, errors.New("the host or the user has characters that an HTTP proxy can't be told")
	}
	request := "CONNECT " + Target{Host: host, Port: strconv.Itoa(int(port))}.String() + " HTTP/1.0\r\n"
	if user != "" {
		request += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password)) + "\r\n"
	}
	return &httpConnect{request: request + "\r\n"}, nil
}

// httpConnect reads the head of the reply, to its empty line and no further.
type httpConnect struct {
	request string
	head    []byte
	line    int // bytes of the line that is being read
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
			return used, nil, false, &ProxyError{Protocol: "HTTP", Reason: "the head of its reply is too long"}
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
		return &ProxyError{Protocol: "HTTP", Reason: "its reply is not HTTP", Line: text}
	case status == 407:
		return &ProxyError{Protocol: "HTTP", Reason: "it wants a user and password: " + strings.TrimSpace(rest), Line: text}
	case status < 200 || status > 299:
		return &ProxyError{Protocol: "HTTP", Reason: strings.TrimSpace(rest), Line: text}
	}
	return nil
}
