package resolve

import (
	"context"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"strings"
)

// Order names a set of rules for sorting addresses.
type Order int

const (
	OrderGlibc   Order = iota // RFC 3484 as glibc has it, with gai.conf
	OrderRFC6724              // RFC 6724, section 6
)

// Resolver looks names up. The zero value uses the system's files, environment, interfaces and name
// servers; tests replace what they need. A Resolver holds no state, and many goroutines may use it.
type Resolver struct {
	// Root is the tree in which /etc/hosts is "etc/hosts". nil is the system's.
	Root fs.FS

	// Getenv looks an environment variable up; nil is os.LookupEnv. The variables are LOCALDOMAIN,
	// RES_OPTIONS, HOSTALIASES, RESOLV_HOST_CONF, RESOLV_MULTI and RESOLV_REORDER.
	Getenv func(name string) (string, bool)

	// Hostname gives the name of this machine; nil is os.Hostname.
	Hostname func() (string, error)

	// Interfaces lists the addresses of this machine; nil asks the kernel.
	Interfaces Interfaces

	// Prober finds the source address for each destination; nil asks the kernel.
	Prober Prober

	// Dial opens the connection to a name server. network is "udp" or "tcp". nil opens a socket of
	// this machine. Dial must give up when ctx ends.
	Dial func(ctx context.Context, network string, server netip.AddrPort) (Conn, error)

	// Order is the set of sorting rules.
	Order Order

	// Trace, if set, is called with every step of a lookup when the step ends, in the lookup's
	// goroutine.
	Trace func(Step)

	ctx context.Context // of the lookup, nil outside of one
}

// New gives a resolver of the system's files.
func New() *Resolver { return new(Resolver) }

// Interfaces describes the network interfaces of this machine.
type Interfaces interface {
	// Addresses lists the addresses of all interfaces, in the kernel's order.
	Addresses() ([]InterfaceAddr, error)
	// Index gives the number of the interface called name, 0 for none.
	Index(name string) uint32
	// Native reports for each interface index whether it is no tunnel.
	Native() (map[uint32]bool, error)
	// Gateways lists the default gateways, the best first.
	Gateways() ([]Gateway, error)
}

// InterfaceAddr is one address of an interface.
type InterfaceAddr struct {
	Addr       netip.Addr // for a point-to-point link, the peer's
	Local      netip.Addr // our own address
	Bits       int        // length of the prefix
	Index      uint32     // of the interface
	Deprecated bool       // deprecated or optimistic: rule 3
	Home       bool       // a mobile node's home address: rule 4
	HostScope  bool       // valid on this host only, as 127.0.0.1 is
	LinkScope  bool       // valid on its link only
}

// Gateway is the next hop of a default route.
type Gateway struct {
	Addr  netip.Addr
	Index uint32
}

// Prober finds the address that packets to a destination would come from.
type Prober interface {
	// Sources gives for each destination, in order, the source address or an
	// invalid one if the destination can't be reached. Nothing is sent.
	Sources(dst []netip.AddrPort) []netip.Addr
}

func (r *Resolver) interfaces() Interfaces {
	if r.Interfaces != nil {
		return r.Interfaces
	}
	return kernelInterfaces{}
}

func (r *Resolver) prober() Prober {
	if r.Prober != nil {
		return r.Prober
	}
	return kernelProber{}
}

func (r *Resolver) getenv(name string) (string, bool) {
	if r.Getenv != nil {
		return r.Getenv(name)
	}
	return os.LookupEnv(name)
}

func (r *Resolver) hostname() string {
	name := os.Hostname
	if r.Hostname != nil {
		name = r.Hostname
	}
	s, err := name()
	if err != nil {
		return ""
	}
	return s
}

// read opens a configuration file by its absolute path and has f read it. Its error is f's, or that
// of opening. Most callers ignore it: every format defines what the absence of its file means.
func (r *Resolver) read(path string, f func(io.Reader) error) error {
	in, err := r.open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	return f(in)
}

// parsed is what parse makes of a configuration file, or absent if the file can't be opened.
func parsed[T any](r *Resolver, path string, parse func(io.Reader) T, absent T) T {
	r.read(path, func(in io.Reader) error {
		absent = parse(in)
		return nil
	})
	return absent
}

func (r *Resolver) open(path string) (io.ReadCloser, error) {
	if r.Root == nil {
		return openSystemFile(r.ctx, path)
	}
	return r.Root.Open(strings.TrimPrefix(path, "/"))
}

// readable reports whether a configuration file can be read.
func (r *Resolver) readable(path string) bool {
	return r.read(path, func(in io.Reader) error {
		return eachLine(in, func(line) bool { return false })
	}) == nil
}

// within is the resolver for one lookup. It reads no file after ctx has ended.
func (r *Resolver) within(ctx context.Context) *Resolver {
	bound := *r
	bound.ctx = ctx
	return &bound
}

func (r *Resolver) trace(s Step) {
	if r.Trace != nil {
		r.Trace(s)
	}
}
