package resolve

import (
	"net/netip"
)

// Flags are getaddrinfo's hints, with glibc's numbers.
type Flags int

// The flags of getaddrinfo(3).
const (
	Passive     Flags = 0x0001 // a nil node means every local address
	CanonName   Flags = 0x0002 // the first answer carries the canonical name
	NumericHost Flags = 0x0004 // the node is an address: look nothing up
	V4Mapped    Flags = 0x0008 // for INET6: no IPv6 address, then mapped IPv4 ones
	All         Flags = 0x0010 // with V4Mapped: both
	AddrConfig  Flags = 0x0020 // only families that some interface has an address of
	IDN         Flags = 0x0040 // encode a name that is not ASCII for DNS
	CanonIDN    Flags = 0x0080 // decode the canonical name
	NumericServ Flags = 0x0400 // the service is a number: look nothing up

	deprecatedIDN Flags = 0x0300 // accepted and without effect
	knownFlags          = Passive | CanonName | NumericHost | V4Mapped | All |
		AddrConfig | IDN | CanonIDN | NumericServ | deprecatedIDN
)

// Address families, with Linux's numbers on every system: they name a family
// and are not for a system call.
const (
	Unspec = 0
	INET   = 2
	INET6  = 10
)

// Kinds of socket and protocols, with Linux's numbers on every system.
const (
	SockStream    = 1
	SockDgram     = 2
	SockRaw       = 3
	SockSeqpacket = 5
	SockDCCP      = 6

	ProtoTCP     = 6
	ProtoUDP     = 17
	ProtoDCCP    = 33
	ProtoSCTP    = 132
	ProtoUDPLite = 136
)

// Hints narrow a lookup. The zero value asks for everything, as a struct
// addrinfo of zeros does (a NULL hint in C means V4Mapped|AddrConfig).
type Hints struct {
	Flags    Flags
	Family   int // Unspec, INET or INET6
	SockType int // 0: any
	Protocol int // 0: any
}

// AddrInfo is one answer: where to connect to, and how.
type AddrInfo struct {
	Family   int
	SockType int
	Protocol int

	// Addr is the address and port. The zone of a scoped address is the interface index in decimal;
	// ScopeID is the same number.
	Addr    netip.AddrPort
	ScopeID uint32

	// Canonname is set on the first answer only, when CanonName was asked for.
	Canonname string

	// Origin is where the address came from. Answers share it.
	Origin *Origin

	// Placement is why the answer stands where it does. It is nil unless the Resolver has a Trace,
	// because it may cost a look at the interfaces.
	Placement *Placement
}

// tuple is an address as a source found it, before ports and protocols.
type tuple struct {
	family int
	addr   netip.Addr // never with a zone
	scope  uint32
	origin *Origin
}

// ipv4Loopback is 127.0.0.1, as netip.IPv6Loopback is ::1.
func ipv4Loopback() netip.Addr { return netip.AddrFrom4([4]byte{127, 0, 0, 1}) }

// mapped gives the IPv4-mapped IPv6 address of an IPv4 address.
func mapped(a netip.Addr) netip.Addr {
	return netip.AddrFrom16(a.As16())
}
