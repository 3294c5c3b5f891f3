package resolve

import (
	"encoding/binary"
	"io"
	"net/netip"
	"strings"
	"time"
)

// Bounds of resolv.conf(5).
const (
	maxServers  = 3
	maxNdots    = 15
	maxTimeout  = 30 // seconds
	maxAttempts = 5
	dnsPort     = 53
)

// resolvConf is resolv.conf with the environment applied.
type resolvConf struct {
	servers  []netip.AddrPort // never empty
	search   []string
	sortlist []sortRange

	ndots    int
	timeout  int // seconds, not positive counts as 1
	attempts int // rounds over the servers, none if not positive

	rotate, edns0, singleRequest, singleRequestReopen bool
	noTLDQuery, useTCP, trustAD, noAAAA               bool
}

// sortRange is an entry of sortlist, taken as it is written: an address with bits outside its mask
// matches nothing.
type sortRange struct{ addr, mask uint32 }

// resolvEnv is what the result depends on besides the text of resolv.conf.
type resolvEnv struct {
	localDomain, resOptions       string
	hasLocalDomain, hasResOptions bool
	hostname                      func() string
	index                         func(name string) uint32
}

// resolvConf reads the system's configuration of the DNS.
func (r *Resolver) resolvConf() *resolvConf {
	env := resolvEnv{hostname: r.hostname, index: r.interfaces().Index}
	env.localDomain, env.hasLocalDomain = r.getenv("LOCALDOMAIN")
	env.resOptions, env.hasResOptions = r.getenv("RES_OPTIONS")
	parse := func(in io.Reader) *resolvConf { return parseResolvConf(in, env) }
	return parsed(r, "/etc/resolv.conf", parse, parse(strings.NewReader("")))
}

// parseResolvConf reads resolv.conf. An empty text stands for a missing file.
func parseResolvConf(in io.Reader, env resolvEnv) *resolvConf {
	c := &resolvConf{ndots: 1, timeout: 5, attempts: 2}
	if env.hasLocalDomain {
		list, _, _ := strings.Cut(env.localDomain, "\n")
		c.search = splitSearch(list)
	}
	eachLine(in, func(l line) bool {
		keyword, arg, ok := resolvKeyword(l.text)
		switch {
		case !ok:
		case keyword == "domain" && !env.hasLocalDomain && arg != "":
			word, _ := cutAny(arg, " \t")
			c.search = []string{word}
		case keyword == "search" && !env.hasLocalDomain && arg != "":
			c.search = splitSearch(arg)
		case keyword == "nameserver":
			word, _ := cutAny(arg, " \t")
			c.addServer(word, env.index)
		case keyword == "sortlist":
			c.addSortlist(arg)
		case keyword == "options":
			c.setOptions(arg)
		}
		return true
	})
	if len(c.servers) == 0 {
		c.servers = []netip.AddrPort{netip.AddrPortFrom(ipv4Loopback(), dnsPort)}
	}
	if len(c.search) == 0 {
		if _, domain, ok := strings.Cut(env.hostname(), "."); ok {
			c.search = []string{domain}
		}
	}
	if env.hasResOptions {
		c.setOptions(env.resOptions)
	}
	return c
}

// resolvKeyword splits a line: the keyword at column 0, blanks, the argument.
func resolvKeyword(s string) (keyword, arg string, ok bool) {
	keyword, rest := cutAny(s, " \t")
	return keyword, strings.TrimLeft(rest, " \t"), rest != ""
}

// splitSearch splits a search list at blanks and tabs. The text before the first blank is an entry
// even if it is empty: LOCALDOMAIN="" is the root.
func splitSearch(s string) []string {
	first, rest := cutAny(s, " \t")
	blank := func(c rune) bool { return c == ' ' || c == '\t' }
	return append([]string{first}, strings.FieldsFunc(rest, blank)...)
}

// addServer adds a name server, IPv4 in inet_aton's forms or IPv6 with a scope. It drops a scope
// that can't be read, and ignores a text that is no address.
func (c *resolvConf) addServer(text string, index func(string) uint32) {
	addr, ok := inetAton(text)
	if !ok {
		host, scope, scoped := strings.Cut(text, "%")
		if addr, ok = inetPton6(host); !ok {
			return
		}
		if scoped {
			id, _ := scopeID(addr, scope, index)
			addr = withScope(addr, id)
		}
	}
	if len(c.servers) < maxServers {
		c.servers = append(c.servers, netip.AddrPortFrom(addr, dnsPort))
	}
}

// addSortlist adds the entries of a sortlist line: an address, then "/" or "&" and a mask. Without
// a mask, the address's class gives it.
func (c *resolvConf) addSortlist(s string) {
	for {
		s = strings.TrimLeft(s, " \t")
		if s == "" || s[0] == ';' {
			return
		}
		i := sortWord(s, true)
		word := s[:i]
		s = s[i:]
		addr, ok := inetAton(word)
		if !ok {
			if i == 0 {
				return // glibc does not get past this character at all
			}
			continue
		}
		r := sortRange{addr: ipv4Number(addr)}
		r.mask = classMask(r.addr)
		if s != "" && (s[0] == '/' || s[0] == '&') {
			i := sortWord(s[1:], false)
			if mask, ok := inetAton(s[1 : 1+i]); ok {
				r.mask = ipv4Number(mask)
			}
			s = s[1+i:]
		}
		c.sortlist = append(c.sortlist, r)
	}
}

// sortWord gives the length of a word of a sortlist.
func sortWord(s string, beforeMask bool) int {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == ';' || c >= 0x80 || isSpace(c) || beforeMask && (c == '/' || c == '&') {
			return i
		}
	}
	return len(s)
}

// classMask is the network mask of an address before CIDR.
func classMask(n uint32) uint32 {
	switch {
	case n&0x80000000 == 0:
		return 0xff000000
	case n&0xc0000000 == 0x80000000:
		return 0xffff0000
	}
	return 0xffffff00
}

// ipv4Number is an IPv4 address as a number.
func ipv4Number(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

// setOptions applies an options line or RES_OPTIONS. A word is compared by its start: "rotatexyz"
// is rotate.
func (c *resolvConf) setOptions(s string) {
	for s != "" {
		s = strings.TrimLeft(s, " \t")
		c.setOption(s)
		_, s = cutAny(s, " \t")
	}
}

// setOption applies the option that s starts with.
func (c *resolvConf) setOption(s string) {
	if arg, ok := strings.CutPrefix(s, "ndots:"); ok {
		c.ndots = min(atoi(arg), maxNdots) & 15 // glibc keeps four bits
		return
	}
	if arg, ok := strings.CutPrefix(s, "timeout:"); ok {
		c.timeout = min(atoi(arg), maxTimeout)
		return
	}
	if arg, ok := strings.CutPrefix(s, "attempts:"); ok {
		c.attempts = min(atoi(arg), maxAttempts)
		return
	}
	for _, o := range [...]struct {
		name string
		flag *bool
	}{
		{"rotate", &c.rotate},
		{"edns0", &c.edns0},
		{"single-request-reopen", &c.singleRequestReopen},
		{"single-request", &c.singleRequest},
		{"no_tld_query", &c.noTLDQuery},
		{"no-tld-query", &c.noTLDQuery},
		{"use-vc", &c.useTCP},
		{"trust-ad", &c.trustAD},
		{"no-aaaa", &c.noAAAA},
	} {
		if strings.HasPrefix(s, o.name) {
			*o.flag = true
			return
		}
	}
}

// tryTimeout is the time for which one try of server number i waits for the answers.
func (c *resolvConf) tryTimeout(i int) time.Duration {
	seconds := c.timeout << i
	if i > 0 {
		seconds /= len(c.servers)
	}
	return time.Duration(max(seconds, 1)) * time.Second
}
