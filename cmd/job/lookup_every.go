package job

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"

	"gnc/netio/sock"
	"gnc/resolve"
)

// everyLine is a resolver that takes all lines of /etc/hosts with a name. getaddrinfo(3) takes the
// first one alone, unless host.conf says "multi on".
func everyLine() *resolve.Resolver {
	r := resolve.New()
	r.Getenv = func(name string) (string, bool) {
		if name == "RESOLV_MULTI" {
			return "on", true
		}
		return os.LookupEnv(name)
	}
	return r
}

// everyAddress finds all addresses of a name. If no name server has answered for a family that is
// needed, that is an error: there may be more addresses of it. It blocks.
func (q query) everyAddress(ctx context.Context, r *resolve.Resolver, needed sock.Families) ([]netip.Addr, error) {
	searching, stop := context.WithCancel(ctx)
	defer stop()
	var addrs []netip.Addr
	var unanswered []int
	for b := range r.Stream(searching, &q.Host, &q.Port, q.hints()) {
		if b.Err != nil {
			return nil, q.failed(ctx, b.Err)
		}
		var has sock.Families
		for _, a := range b.Addrs {
			addr, _ := sock.NameZone(a.Addr.Addr()) // the zone of an interface that has gone stays a number
			addrs = append(addrs, addr)
			has = has.And(sock.FamiliesAt(addr, false))
		}
		if unanswered = b.Unanswered; has == needed && q.unknown(unanswered, needed) == nil {
			return addrs, nil // the other family's answer would change nothing
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return addrs, q.unknown(unanswered, needed)
}

// unknown is the error of families that are needed and unanswered, nil if there are none.
func (q query) unknown(unanswered []int, needed sock.Families) error {
	lacks4 := needed.IP4 && slices.Contains(unanswered, resolve.INET)
	lacks6 := needed.IP6 && slices.Contains(unanswered, resolve.INET6)
	what, way := "IPv4 and IPv6", ""
	switch {
	case !lacks4 && !lacks6:
		return nil
	case !lacks6:
		what, way = "IPv4", "; with -6 they need not be"
	case !lacks4:
		what, way = "IPv6", "; with -4 they need not be"
	}
	if !needed.IP4 || !needed.IP6 {
		way = ""
	}
	err := &resolve.Error{Code: resolve.EAIAgain}
	return fmt.Errorf("%s: its %s addresses are not known, so nobody can be let in%s: %w", q.Host, what, way, err)
}
