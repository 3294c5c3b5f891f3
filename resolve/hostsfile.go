package resolve

import (
	"net/netip"
	"slices"
)

// hostLine is a line of /etc/hosts.
type hostLine struct {
	number  int // of the line in the file, from 1
	addr    netip.Addr
	name    string // may be empty: the line has an address only
	aliases []string
}

// eachHost calls f for each line of a hosts file that has an address, until f
// returns false.
func eachHost(text string, f func(hostLine) bool) {
	eachLine(text, func(l line) bool {
		s, ok := databaseLine(l)
		if !ok {
			return true
		}
		word, rest := field(s)
		addr, ok := inetPton4(word)
		if !ok {
			if addr, ok = inetPton6(word); !ok {
				return true
			}
		}
		name, rest := field(rest)
		return f(hostLine{number: l.number, addr: addr, name: name, aliases: fields(rest)})
	})
}

// named tells whether the line is about name: ASCII case folded, no dot added
// or taken away.
func (h hostLine) named(name string) bool {
	return equalFold(h.name, name) ||
		slices.ContainsFunc(h.aliases, func(a string) bool { return equalFold(a, name) })
}

// as gives the line's address in a family, Unspec being the one it is written
// in. For INET, ::1 counts as 127.0.0.1 and a mapped address as the IPv4 one.
func (h hostLine) as(family int) (netip.Addr, bool) {
	switch {
	case family == Unspec:
		return h.addr, true
	case family == INET6:
		return h.addr, h.addr.Is6()
	case h.addr.Is4():
		return h.addr, true
	case h.addr.Is4In6():
		return h.addr.Unmap(), true
	case h.addr == netip.IPv6Loopback():
		return netip.AddrFrom4([4]byte{127, 0, 0, 1}), true
	}
	return netip.Addr{}, false
}

// hostConfig is what host.conf says that matters to a lookup.
type hostConfig struct {
	multi   bool // every line of /etc/hosts counts, not only the first
	reorder bool // gethostbyname puts an address of an own subnet first
}

// parseHostConf reads host.conf. Its keywords are folded, and "on" is anything
// that starts with it.
func parseHostConf(text string) hostConfig {
	var conf hostConfig
	eachLine(text, func(l line) bool {
		s := skipSpace(l.text)
		i := 0
		for i < len(s) && !isSpace(s[i]) && s[i] != '#' && s[i] != ',' {
			i++
		}
		keyword, arg := s[:i], skipSpace(s[i:])
		switch {
		case equalFold(keyword, "multi"):
			setSwitch(&conf.multi, arg)
		case equalFold(keyword, "reorder"):
			setSwitch(&conf.reorder, arg)
		}
		return true
	})
	return conf
}

// setSwitch sets b if arg starts with "on" or "off", and else leaves it.
func setSwitch(b *bool, arg string) {
	if hasPrefixFold(arg, "on") {
		*b = true
	} else if hasPrefixFold(arg, "off") {
		*b = false
	}
}

// hostConf reads host.conf, or the file that RESOLV_HOST_CONF names, and lets
// the environment override it.
func (r *Resolver) hostConf() hostConfig {
	path, ok := r.getenv("RESOLV_HOST_CONF")
	if !ok {
		path = "/etc/host.conf"
	}
	text, _ := r.readFile(path)
	conf := parseHostConf(text)
	if arg, ok := r.getenv("RESOLV_MULTI"); ok {
		setSwitch(&conf.multi, arg)
	}
	if arg, ok := r.getenv("RESOLV_REORDER"); ok {
		setSwitch(&conf.reorder, arg)
	}
	return conf
}
