package netio

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// DialError is a failure to connect to one address.
type DialError struct {
	Addr netip.AddrPort
	Err  error
}

func (e *DialError) Error() string { return fmt.Sprintf("connect %s: %v", e.Addr, e.Err) }
func (e *DialError) Unwrap() error { return e.Err }

// attempt is a connection in progress on the loop: EINPROGRESS, then writable, then SO_ERROR.
type attempt struct {
	loop *Loop
	addr netip.AddrPort
	fd   int
	kind int // SOCK_STREAM, or SOCK_DGRAM, which connects at once
	done func(a *attempt, err error)
}

// connect begins an attempt. An error means that the attempt has already failed. Otherwise connect
// calls done later, at the earliest in the next batch of the loop.
func (l *Loop) connect(addr netip.AddrPort, kind int, o sock.Options, src sock.Source, done func(*attempt, error)) (*attempt, error) {
	sa, family, err := sock.ToSockaddr(addr)
	if err != nil {
		return nil, err
	}
	fd, err := sock.New(family, o.Kind(kind))
	if err != nil {
		return nil, err
	}
	if err := o.Apply(fd, family); err != nil {
		unix.Close(fd)
		return nil, err
	}
	if err := o.Route(fd, addr.Addr()); err != nil {
		unix.Close(fd)
		return nil, err
	}
	if err := sock.BindSource(fd, addr, o, src); err != nil {
		unix.Close(fd)
		return nil, err
	}
	err = unix.Connect(fd, sa)
	if err != nil && err != unix.EINPROGRESS && err != unix.EINTR { // EINTR: the connect goes on
		unix.Close(fd)
		return nil, o.Zoneless(addr.Addr(), err)
	}
	a := &attempt{loop: l, addr: addr, kind: kind, fd: fd, done: done}
	if err := l.Watch(fd, mux.Writable, a); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return a, nil
}

// Ready is the loop's report that the connect has succeeded or failed.
func (a *attempt) Ready(mux.Events) {
	err := sock.Error(a.fd)
	if err != nil {
		a.cancel()
	} else {
		a.loop.Forget(a.fd)
	}
	a.done(a, err)
}

// cancel closes the attempt's socket.
func (a *attempt) cancel() {
	a.loop.Close(a.fd)
	a.loop.closed()
}

// conn makes the Conn of a successful attempt.
func (a *attempt) conn() *Conn {
	if a.kind == unix.SOCK_DGRAM {
		return a.loop.packetConn(a.fd, a.addr.String(), datagrams{}, datagrams{}, nil)
	}
	return a.loop.socketConn(a.fd, a.addr.String())
}

// socketConn puts a connected TCP socket on the loop. The Conn owns the descriptor from then on.
func (l *Loop) socketConn(fd int, name string) *Conn {
	return &Conn{loop: l, fd: int32(fd), reader: socket{}, writer: socket{}, kind: kindSocket, confirms: true, label: named(name)}
}
