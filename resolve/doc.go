// Package resolve turns names into addresses, in the order in which they should be tried. It is
// getaddrinfo(3) without C. The answers, their order and the error codes are those of glibc (release
// 2.36; its sources and behaviour are the reference), because a program that a script swaps in must
// see the same addresses in the same order. RFC 6724's order is an option. One thing differs: names
// are UTF-8 whatever the locale, where glibc uses the encoding of the locale.
//
// The package reads the system's own files (nsswitch.conf, hosts, host.conf, resolv.conf, gai.conf,
// services) and asks name servers itself. It keeps no state between two lookups and does nothing
// when it is imported. It opens a file only when the answer depends on it: an address written in
// digits costs no file at all.
//
// Ways in:
//
//	Getaddrinfo    the whole answer, as the C function gives it
//	Stream         the answers one family at a time, as they arrive
//	Sort           the order of addresses that are already known
//	Reverse        the name of an address
//	ServiceByName  a line of /etc/services
//
// Every wait ends with the context of the lookup.
//
// Begin with getaddrinfo.go. A lookup goes from there through
//
//	sockets.go    the service, and the kinds of socket
//	numeric.go    nodes written in digits
//	sources.go    the sources of nsswitch.conf in turn: filesource.go, dnssource.go, myhostname.go
//	search.go     the search list of resolv.conf, for a source that asks name servers
//	exchange.go   questions to name servers: exchange_udp.go, exchange_tcp.go
//	sort.go       the order of the answers, by rules.go and the tables of gaiconf.go
//
// gethostbyname2.go has the other way through the sources, which glibc takes for IPv4 alone.
package resolve
