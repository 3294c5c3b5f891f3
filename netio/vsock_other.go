//go:build !linux

package netio

import (
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/sock"
)

// HasVsock reports whether this program has vsock on its system.
const HasVsock = false

// ListenVsock always fails here.
func (l *Loop) ListenVsock(at sock.VsockAddr, _ ListenOptions) (*Listener, error) {
	return nil, &sock.VsockError{Op: "listen", Addr: at, Err: unix.EAFNOSUPPORT}
}

// Vsock returns no address: a listener never has one here.
func (ln *Listener) Vsock() sock.VsockAddr { return sock.VsockAddr{} }

func (l *Loop) vsockConn(fd int) *Conn { return l.socketConn(fd, "the peer") }

// DialVsock always fails here.
func (l *Loop) DialVsock(to sock.VsockAddr, _ time.Duration, _ sock.Options, done func(*Conn, error)) (cancel func(error)) {
	l.After(0, func() { done(nil, &sock.VsockError{Op: "connect", Addr: to, Err: unix.EAFNOSUPPORT}) })
	return func(error) {}
}
