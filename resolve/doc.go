// Package resolve turns names into addresses, in the order in which they
// should be tried. It is getaddrinfo(3) without C: the answers, their order
// and the error codes are those of glibc (release 2.36, whose sources and
// behaviour are the reference), because a program that a script swaps in must
// see the same addresses in the same order. RFC 6724's order is there for the
// asking. One thing is otherwise: names are UTF-8 whatever the locale, where
// glibc takes the encoding of the locale.
//
// The package reads the system's own files (nsswitch.conf, hosts, host.conf,
// resolv.conf, gai.conf, services) and asks name servers itself. It keeps no
// state between two lookups, does nothing when it is imported, and opens a
// file only when the answer depends on it: an address written in digits costs
// no file at all.
//
// Three ways in:
//
//	Getaddrinfo  the whole answer, as the C function gives it
//	Stream       the answers one family at a time, as they arrive
//	Sort         the order of addresses that are already known
//
// Every wait ends with the context of the lookup.
package resolve
