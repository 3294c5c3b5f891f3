package resolve

import (
	"io"
	"net/netip"
)

// hostLine is a line of /etc/hosts.
type hostLine struct {
	number int // of the line in the file, from 1
	addr   netip.Addr
	name   string // may be empty: the line has an address only
	others string // the aliases, as they are written
}

// eachHost calls f for each line of a hosts file that has an address, until f returns false. It may
// skip lines that wanted refuses.
func eachHost(in io.Reader, wanted func([]byte) bool, f func(hostLine) bool) error {
	return lineReader{in: in, wanted: wanted}.each(func(l line) bool {
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
		return f(hostLine{number: l.number, addr: addr, name: name, others: rest})
	})
}

// named reports whether the line has the name. ASCII case is folded; a final dot counts.
func (h hostLine) named(name string) bool {
	same := func(word string) bool { return equalFold(word, name) }
	return same(h.name) || anyField(h.others, same)
}

// as gives the line's address in a family; Unspec is the family that it is written in. For INET,
// ::1 counts as 127.0.0.1, and a mapped address as the IPv4 one.
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
		return ipv4Loopback(), true
	}
	return netip.Addr{}, false
}

// hostConfig holds the lines of host.conf that matter to a lookup.
type hostConfig struct {
	multi   bool // every line of /etc/hosts counts, not only the first
	reorder bool // gethostbyname puts an address of an own subnet first
}

// parseHostConf reads host.conf. Case does not matter in its keywords, and any word that starts
// with "on" is "on". glibc reads it with a buffer of 256 bytes: the rest of a longer line is a line
// of its own.
func parseHostConf(in io.Reader) hostConfig {
	var conf hostConfig
	lineReader{in: in, piece: 255}.each(func(l line) bool {
		keyword, rest := cutAny(skipSpace(l.text), space+"#,")
		arg := skipSpace(rest)
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

// setSwitch sets b if arg starts with "on", clears it for "off", and otherwise leaves it.
func setSwitch(b *bool, arg string) {
	if hasPrefixFold(arg, "on") {
		*b = true
	} else if hasPrefixFold(arg, "off") {
		*b = false
	}
}

// hostConf reads host.conf, or the file that RESOLV_HOST_CONF names. The environment overrides the
// file.
func (r *Resolver) hostConf() hostConfig {
	path, ok := r.getenv("RESOLV_HOST_CONF")
	if !ok {
		path = "/etc/host.conf"
	}
	conf := parsed(r, path, parseHostConf, hostConfig{})
	if arg, ok := r.getenv("RESOLV_MULTI"); ok {
		setSwitch(&conf.multi, arg)
	}
	if arg, ok := r.getenv("RESOLV_REORDER"); ok {
		setSwitch(&conf.reorder, arg)
	}
	return conf
}
