package cmd

import (
	"context"
	"errors"
	"net/netip"

	"gnc/resolve"
)

// reverse looks up the name of an address, and has then called on the loop with it: the address itself where it has
// none, an error where the lookup failed. It does not block.
func (t *task) reverse(addr netip.Addr, then func(name string, err error)) {
	if addr.IsUnspecified() {
		then(addr.String(), nil)
		return
	}
	go func() {
		name, err := resolve.New().Reverse(t.ctx, addr)
		var e *resolve.Error
		switch {
		case t.ctx.Err() != nil:
			err = context.Cause(t.ctx)
		case errors.As(err, &e) && e.Code == resolve.EAINoName:
			name, err = addr.String(), nil
		}
		t.loop.Post(func() { then(name, err) })
	}()
}

// serviceName is the name of a port in services(5), or "".
func serviceName(port uint16, protocol string) string {
	s, _ := resolve.New().ServiceByPort(int(port), protocol)
	return s.Name
}
