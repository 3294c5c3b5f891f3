package resolve

import (
	"fmt"
	"net/netip"
)

// GetentHints gives the hints with which getent(1) looks a key up in the database ahosts, ahostsv4
// or ahostsv6. ok is false for any other.
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

// GetentLine gives the line that getent ahosts prints for an answer, with its newline. The width of
// a scope is counted twice, as getent does.
func GetentLine(ai AddrInfo) string {
	addr, scope := Ntop(ai.Addr.Addr()), ""
	if ai.ScopeID != 0 {
		scope = fmt.Sprintf("%%%d", ai.ScopeID)
	}
	kind := map[int]string{
		SockStream: "STREAM", SockDgram: "DGRAM", SockRaw: "RAW", SockSeqpacket: "SEQPACKET",
		SockDCCP: "DCCP",
	}[ai.SockType]
	width := max(0, 15-len(addr)-len(scope))
	return fmt.Sprintf("%s%-*s %-6s %s\n", addr, width, scope, kind, ai.Canonname)
}

// Ntop writes an address without its zone as glibc's inet_ntop(3) does: a dotted quad ends not only
// mapped addresses but all of ::/96, unless the first of the two last groups is zero.
func Ntop(a netip.Addr) string {
	a = a.WithZone("")
	b := a.As16()
	if a.Is4() || a.Is4In6() || commonPrefix(b, [16]byte{}) < 96 || b[12] == 0 && b[13] == 0 {
		return a.String()
	}
	return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
}
