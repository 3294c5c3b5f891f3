package resolve

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/netip"
	"strings"
)

// GetentHints gives the hints with which getent(1) looks a key up in one of the
// databases ahosts, ahostsv4 and ahostsv6. ok is false for any other.
func GetentHints(database string) (h Hints, ok bool) {
	h.Flags = V4Mapped | AddrConfig | CanonName | IDN | CanonIDN
	switch database {
	case "ahosts":
	case "ahostsv4":
		h.Family = INET
	case "ahostsv6":
		h.Family = INET6
	default:
		return Hints{}, false
	}
	return h, true
}

// Getent gives what getent(1) prints for keys of the databases ahosts, ahostsv4,
// ahostsv6 and services, and its exit status: 0, 1 for a database that is not
// one of these, 2 if some key was not found. No keys at all list /etc/hosts or
// /etc/services.
func (r *Resolver) Getent(ctx context.Context, database string, keys []string) (out string, exit int) {
	var b strings.Builder
	if database == "services" {
		exit = r.getentServices(&b, keys)
		return b.String(), exit
	}
	h, ok := GetentHints(database)
	if !ok {
		return "", 1
	}
	if len(keys) == 0 {
		r.getentHosts(&b)
	}
	for _, key := range keys {
		list, err := r.Getaddrinfo(ctx, &key, nil, h)
		if err != nil {
			exit = 2
		}
		for _, ai := range list {
			b.WriteString(GetentLine(ai))
		}
	}
	return b.String(), exit
}

// GetentLine gives the line of getent ahosts for an answer, newline and all.
// The width of a scope is counted twice, as getent does.
func GetentLine(ai AddrInfo) string {
	addr, scope := Ntop(ai.Addr.Addr()), ""
	if ai.ScopeID != 0 {
		scope = fmt.Sprintf("%%%d", ai.ScopeID)
	}
	kind := map[int]string{
		SockStream: "STREAM", SockDgram: "DGRAM", SockRaw: "RAW", SockSeqpacket: "SEQPACKET", SockDCCP: "DCCP",
	}[ai.SockType]
	return fmt.Sprintf("%s%-*s %-6s %s\n", addr, max(0, 15-len(addr)-len(scope)), scope, kind, ai.Canonname)
}

// Ntop writes an address without its zone as inet_ntop(3) of glibc does: not
// only mapped addresses but all of ::/96 end with a dotted quad, down to two
// groups.
func Ntop(a netip.Addr) string {
	a = a.WithZone("")
	b := a.As16()
	if a.Is4() || a.Is4In6() || commonPrefix(b, [16]byte{}) < 96 || b[12] == 0 && b[13] == 0 {
		return a.String()
	}
	return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
}

// getentHosts lists /etc/hosts, which getent reads as IPv4 addresses.
func (r *Resolver) getentHosts(b *strings.Builder) {
	line := func(h hostLine) bool {
		if a, ok := h.as(INET); ok {
			fmt.Fprintf(b, "%-15s %s\n", a, strings.Join(append([]string{h.name}, fields(h.others)...), " "))
		}
		return true
	}
	r.read(hostsPath, func(in io.Reader) error { return eachHost(in, nil, line) })
}

// getentServices looks services up by name or port, each with "/protocol" or
// without.
func (r *Resolver) getentServices(b *strings.Builder, keys []string) (exit int) {
	line := func(e Service) bool {
		fmt.Fprintf(b, "%-21s %d/%s", e.Name, e.Port, e.Protocol)
		for _, alias := range e.Aliases {
			fmt.Fprintf(b, " %s", alias)
		}
		b.WriteByte('\n')
		return true
	}
	if len(keys) == 0 {
		r.EachService(line)
	}
	known := services{r: r}
	for _, key := range keys {
		name, protocol, given := strings.Cut(key, "/")
		port, rest, overflow := strtoul(name, 10)
		byPort := name != "" && isDigit(name[0]) && rest == "" && !overflow && port <= math.MaxUint16
		e, ok := known.find(nil, func(e Service) bool {
			if given && e.Protocol != protocol {
				return false
			}
			return byPort && e.Port == int(port) || !byPort && e.called(name)
		})
		if !ok {
			exit = 2
			continue
		}
		line(e)
	}
	return exit
}
