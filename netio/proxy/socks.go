package proxy

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// NewSOCKS4 asks a SOCKS 4 proxy for a connection. With a host name it needs a SOCKS 4a proxy.
func NewSOCKS4(host string, port uint16, user string) (Handshake, error) {
	host = withoutZone(host)
	request := []byte{4, 1, byte(port >> 8), byte(port)}
	addr, err := netip.ParseAddr(host)
	named := err != nil
	switch {
	case named:
		request = append(request, 0, 0, 0, 1) // 4a: the name follows the user
	case !addr.Unmap().Is4():
		return nil, errors.New("SOCKS4 knows no IPv6 addresses")
	default:
		request = append(request, addr.Unmap().AsSlice()...)
	}
	if strings.Contains(user+host, "\x00") {
		return nil, errors.New("a user or host name has a zero byte")
	}
	request = append(append(request, user...), 0)
	if named {
		request = append(append(request, host...), 0)
	}
	return &socks4{request: request}, nil
}

// socks4 waits for the only reply, of eight bytes.
type socks4 struct {
	request []byte
	reply   gather
}

func (s *socks4) Begin() []byte { return s.request }

func (s *socks4) Step(in []byte) (used int, say []byte, done bool, err error) {
	used, whole := s.reply.take(in, 8)
	switch r := s.reply.have; {
	case r[0] != 0:
		return used, nil, false, &Error{Protocol: "SOCKS4", Reason: fmt.Sprintf("version %d in its reply", r[0])}
	case !whole:
		return used, nil, false, nil
	case r[1] != 90:
		return used, nil, false, &Error{Protocol: "SOCKS4", Reason: socks4Reason(r[1])}
	}
	return used, nil, true, nil
}

func socks4Reason(code byte) string {
	switch code {
	case 91:
		return "request rejected or failed"
	case 92:
		return "it cannot reach our identd"
	case 93:
		return "our identd names another user"
	}
	return fmt.Sprintf("unknown error %d", code)
}

// NewSOCKS5 asks a SOCKS 5 proxy (RFC 1928) for a connection. The proxy looks up a host name. With
// a user it offers a password too (RFC 1929).
func NewSOCKS5(host string, port uint16, user, password string) (Handshake, error) {
	host = withoutZone(host)
	request := []byte{5, 1, 0}
	addr, err := netip.ParseAddr(host)
	switch {
	case err == nil && addr.Unmap().Is4():
		request = append(append(request, 1), addr.Unmap().AsSlice()...)
	case err == nil:
		request = append(append(request, 4), addr.AsSlice()...)
	case len(host) > 255 || host == "":
		return nil, errors.New("the host's name is not of 1 to 255 bytes")
	default:
		request = append(append(request, 3, byte(len(host))), host...)
	}
	if len(user) > 255 || len(password) > 255 {
		return nil, errors.New("the proxy's user or password is longer than 255 bytes")
	}
	s := &socks5{request: append(request, byte(port>>8), byte(port))}
	if user != "" {
		s.login = append([]byte{1, byte(len(user))}, user...)
		s.login = append(append(s.login, byte(len(password))), password...)
	}
	s.state = (*socks5).method
	return s, nil
}

// socks5 is a conversation of two or three steps: the method, perhaps the password, the request.
type socks5 struct {
	request []byte
	login   []byte // the password message; nil: none to offer
	reply   gather
	state   func(s *socks5, in []byte) (used int, say []byte, done bool, err error)
}

func (s *socks5) Begin() []byte {
	if s.login != nil {
		return []byte{5, 2, 0, 2}
	}
	return []byte{5, 1, 0}
}

func (s *socks5) Step(in []byte) (used int, say []byte, done bool, err error) { return s.state(s, in) }

// next forgets the reply that it has read.
func (s *socks5) next(state func(s *socks5, in []byte) (int, []byte, bool, error)) {
	s.reply.have, s.state = nil, state
}

func socks5Refusal(format string, args ...any) error {
	return &Error{Protocol: "SOCKS5", Reason: fmt.Sprintf(format, args...)}
}

// noMethod is the error of a proxy that wants another method of authentication than we offered.
func (s *socks5) noMethod(method byte) error {
	const none = 0xff // RFC 1928
	reason := "it accepts none of our methods of authentication"
	switch {
	case method == 1:
		reason = "it wants authentication by GSSAPI, and gnc has only a user and password"
	case method != none && method != 2:
		reason = fmt.Sprintf("it wants authentication by method %d, which was not offered", method)
	}
	return &Error{Protocol: "SOCKS5", Reason: reason, NoMethod: true, Anonymous: s.login == nil && method != 1}
}

func (s *socks5) method(in []byte) (used int, say []byte, done bool, err error) {
	used, whole := s.reply.take(in, 2)
	switch r := s.reply.have; {
	case r[0] != 5:
		return used, nil, false, socks5Refusal("version %d in its reply", r[0])
	case !whole:
		return used, nil, false, nil
	case r[1] == 0:
		s.next((*socks5).answer)
		return used, s.request, false, nil
	case r[1] == 2 && s.login != nil:
		s.next((*socks5).password)
		return used, s.login, false, nil
	}
	return used, nil, false, s.noMethod(s.reply.have[1])
}

func (s *socks5) password(in []byte) (used int, say []byte, done bool, err error) {
	used, whole := s.reply.take(in, 2)
	switch r := s.reply.have; {
	case r[0] != 1:
		return used, nil, false, socks5Refusal("version %d in its reply to the password", r[0])
	case !whole:
		return used, nil, false, nil
	case r[1] != 0:
		return used, nil, false, socks5Refusal("wrong user or password")
	}
	s.next((*socks5).answer)
	return used, s.request, false, nil
}

// answer reads the reply to the request. Its length depends on the kind of address in it.
func (s *socks5) answer(in []byte) (used int, say []byte, done bool, err error) {
	used, whole := s.reply.take(in, 5)
	r := s.reply.have
	if len(r) > 0 && r[0] != 5 {
		return used, nil, false, socks5Refusal("version %d in its reply", r[0])
	}
	if len(r) > 1 && r[1] != 0 {
		return used, nil, false, socks5Refusal("%s", socks5Reason(r[1]))
	}
	if !whole {
		return used, nil, false, nil
	}
	size := 0
	switch r[3] {
	case 1:
		size = 4 + 4 + 2
	case 4:
		size = 4 + 16 + 2
	case 3:
		size = 4 + 1 + int(r[4]) + 2
	default:
		return used, nil, false, socks5Refusal("address of kind %d in its reply", r[3])
	}
	more, whole := s.reply.take(in[used:], size)
	return used + more, nil, whole, nil
}

func socks5Reason(code byte) string {
	reasons := [...]string{1: "general SOCKS server failure", 2: "connection not allowed by ruleset", 3: "network unreachable",
		4: "host unreachable", 5: "connection refused", 6: "TTL expired", 7: "command not supported",
		8: "address type not supported"}
	if int(code) < len(reasons) {
		return reasons[code]
	}
	return fmt.Sprintf("unknown error %d", code)
}
