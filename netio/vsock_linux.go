package netio

import (
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// HasVsock reports whether this program has vsock on its system.
const HasVsock = true

// ListenVsock listens on a vsock address. Its error is a *sock.VsockError.
func (l *Loop) ListenVsock(at sock.VsockAddr, o ListenOptions) (*Listener, error) {
	fd, err := sock.New(unix.AF_VSOCK, unix.SOCK_STREAM)
	if err != nil {
		return nil, &sock.VsockError{Op: "listen", Addr: at, Err: err}
	}
	if err = o.Socket.Apply(fd, unix.AF_VSOCK); err == nil {
		err = unix.Bind(fd, &unix.SockaddrVM{CID: at.CID, Port: at.Port})
	}
	if err == nil {
		err = o.Listen(fd)
	}
	if err != nil {
		unix.Close(fd)
		return nil, &sock.VsockError{Op: "listen", Addr: at, Err: err}
	}
	ln := l.newListener([]int{fd}, o)
	ln.isVsock = true
	return ln, nil
}

// Vsock returns the vsock address of the listener.
func (ln *Listener) Vsock() sock.VsockAddr {
	sa, _ := unix.Getsockname(ln.sockets[0].fd)
	return vsockAddrOf(sa)
}

func (l *Loop) vsockConn(fd int) *Conn {
	sa, _ := unix.Getpeername(fd)
	c := l.socketConn(fd, vsockAddrOf(sa).String())
	c.confirms, c.kind = false, 0 // vsock counts no acknowledged bytes, and cannot splice
	return c
}

// vsockAttempt is a vsock connection that is being made.
type vsockAttempt struct {
	loop *Loop
	addr sock.VsockAddr
	fd   int
	done func(*Conn, error)
}

// DialVsock connects to a vsock address within timeout. 0 leaves the bound to the system, which has
// two seconds. It calls done once, on the loop and after DialVsock has returned, with the
// connection or a *sock.VsockError. cancel ends the attempt with an error.
func (l *Loop) DialVsock(to sock.VsockAddr, timeout time.Duration, o sock.Options, done func(*Conn, error)) (cancel func(error)) {
	a := &vsockAttempt{loop: l, addr: to, fd: -1, done: done}
	if err := a.begin(timeout, o); err != nil {
		l.After(0, func() { a.end(err) })
	}
	return a.end
}

func (a *vsockAttempt) begin(timeout time.Duration, o sock.Options) (err error) {
	if a.fd, err = sock.New(unix.AF_VSOCK, unix.SOCK_STREAM); err != nil {
		a.fd = -1
		return err
	}
	if err := o.Apply(a.fd, unix.AF_VSOCK); err != nil {
		return err
	}
	if timeout > 0 {
		tv := unix.NsecToTimeval(int64(timeout))
		if err := unix.SetsockoptTimeval(a.fd, unix.AF_VSOCK, unix.SO_VM_SOCKETS_CONNECT_TIMEOUT, &tv); err != nil {
			return err
		}
	}
	err = unix.Connect(a.fd, &unix.SockaddrVM{CID: a.addr.CID, Port: a.addr.Port})
	if err != nil && err != unix.EINPROGRESS && err != unix.EINTR {
		return err
	}
	return a.loop.Watch(a.fd, mux.Writable, a)
}

// Ready is the loop's report that the connect has succeeded or failed.
func (a *vsockAttempt) Ready(mux.Events) {
	if err := sock.Error(a.fd); err != nil {
		a.end(err)
		return
	}
	a.loop.Forget(a.fd)
	c := a.loop.vsockConn(a.fd)
	a.fd = -1
	a.tell(c, nil)
}

func (a *vsockAttempt) end(err error) {
	if a.fd >= 0 {
		a.loop.Close(a.fd)
		a.fd = -1
	}
	a.tell(nil, &sock.VsockError{Op: "connect", Addr: a.addr, Err: err})
}

func (a *vsockAttempt) tell(c *Conn, err error) {
	if done := a.done; done != nil {
		a.done = nil
		done(c, err)
	}
}

// vsockAddrOf converts the system's form of a vsock address.
func vsockAddrOf(sa unix.Sockaddr) sock.VsockAddr {
	if vm, is := sa.(*unix.SockaddrVM); is {
		return sock.VsockAddr{CID: vm.CID, Port: vm.Port}
	}
	return sock.VsockAddr{}
}
