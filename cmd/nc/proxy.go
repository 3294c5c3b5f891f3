package nc

import (
	"strings"

	"gnc/cmd/job"
	"gnc/netio/address"
)

// ncProxy reads -x, -X and -P.
func (f *flags) ncProxy(auth string) *job.Proxy {
	if f.proxy == "" {
		return nil
	}
	p := &job.Proxy{Kind: map[string]string{"": "socks5", "4": "socks4", "4a": "socks4a", "5": "socks5", "connect": "http"}[f.proxyKind]}
	p.Target = proxyTarget(f.proxy)
	if p.Target.Port == "" {
		p.Target.Port = job.ProxyPort(p.Kind)
	}
	if f.proxyUser == "" {
		return p
	}
	p.User = f.proxyUser
	user, password, both := strings.Cut(auth, ":")
	switch {
	case both && user == p.User:
		p.Password = password
	case auth != "":
		p.Password = auth
	default:
		p.AskPassword = true
	}
	return p
}

// proxyTarget reads HOST, HOST:PORT, [V6]:PORT and a bare V6 address.
func proxyTarget(word string) address.Target {
	host, port := word, ""
	colon := strings.LastIndexByte(word, ':')
	if colon >= 0 && (strings.Count(word, ":") == 1 || strings.HasSuffix(word[:colon], "]")) {
		host, port = word[:colon], word[colon+1:]
	}
	return address.Target{Host: strings.Trim(host, "[]"), Port: port}
}
