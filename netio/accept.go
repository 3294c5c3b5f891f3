package netio

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio/sock"
)

// acceptBudget bounds the connections accepted in one step, so that open ones get their turn.
const acceptBudget = 64

// retryAccept is how long a starved listener waits for a closed descriptor before it tries again.
const retryAccept = time.Second

// Accept hands every connection to fn from now on, until Close.
func (ln *Listener) Accept(fn func(*Conn, netip.AddrPort)) error {
	return ln.acceptRaw(func(fd int, from netip.AddrPort) {
		if ln.isVsock {
			fn(ln.loop.vsockConn(fd), from)
			return
		}
		name, isUnix := from.String(), !from.IsValid()
		if isUnix {
			name = "the peer"
		}
		c := ln.loop.socketConn(fd, name)
		c.confirms = !isUnix
		fn(c, from)
	})
}

// acceptRaw is Accept for callers that need the descriptor instead of a Conn.
func (ln *Listener) acceptRaw(fn func(fd int, from netip.AddrPort)) error {
	ln.accept = fn
	return ln.watch(mux.Readable)
}

// Pause leaves connections in the backlog until Resume.
func (ln *Listener) Pause() error {
	ln.paused = true
	return ln.watch(0)
}

// Resume accepts connections again.
func (ln *Listener) Resume() error {
	ln.paused = false
	if ln.starved {
		return nil
	}
	return ln.watch(mux.Readable)
}

// Refuse ends accepting. The kernel resets the connections in the backlog.
func (ln *Listener) Refuse() { ln.Close() }

func (ln *Listener) watch(want mux.Events) error {
	for _, s := range ln.sockets {
		if err := ln.loop.Watch(s.fd, want, s); err != nil {
			return fmt.Errorf("watch: %w", err)
		}
	}
	return nil
}

// Ready is the loop's report that connections wait in the backlog.
func (s *listenSocket) Ready(mux.Events) {
	for range acceptBudget {
		if s.starved || s.paused || !slices.Contains(s.sockets, s) { // fn may have closed the listener
			return
		}
		if s.isFull() {
			return
		}
		fd, from, err := sock.Accept(s.fd)
		switch {
		case err == nil && s.options.Admit != nil && !s.options.Admit(from):
			sock.Reset(fd)
			unix.Close(fd)
		case err == nil:
			s.accept(fd, from)
		case err == unix.EAGAIN:
			s.warned = false // the backlog is empty: the shortage is over
			return
		case sock.IsPeerError(err):
			// This connection has gone or is broken. The next one may be good.
		case sock.IsShortage(err):
			s.starve(err)
		default:
			s.fail(err)
		}
	}
}

// isFull reports whether no connection can be accepted now. It calls MakeWay only if a connection
// waits. If that does not help, it pauses the listener until Resume.
func (s *listenSocket) isFull() bool {
	full := s.options.Full
	if full == nil || !full() {
		return false
	}
	if sock.PollNow(s.fd, unix.POLLIN) {
		s.options.MakeWay()
		if !full() {
			return false
		}
		if err := s.Pause(); err != nil {
			s.fail(err)
		}
	}
	return true
}

// starve stops accepting until a descriptor is closed or a second has passed. Connections stay in
// the backlog. Asking on would spin: the socket stays readable.
func (ln *Listener) starve(err error) {
	if !ln.warned && ln.options.OnStarved != nil {
		ln.options.OnStarved(err)
	}
	ln.warned, ln.starved = true, true
	ln.loop.starved = append(ln.loop.starved, ln)
	ln.timer.Set(ln.loop.Loop, retryAccept, ln.resume)
	if err := ln.watch(0); err != nil {
		ln.fail(err)
	}
	if ln.options.MakeWay != nil {
		ln.options.MakeWay()
	}
}

func (ln *Listener) resume() {
	if !ln.starved {
		return
	}
	ln.starved = false
	ln.timer.Stop()
	ln.loop.starved = slices.DeleteFunc(ln.loop.starved, func(other *Listener) bool { return other == ln })
	if ln.paused {
		return
	}
	if err := ln.watch(mux.Readable); err != nil {
		ln.fail(err)
	}
}

func (ln *Listener) fail(err error) {
	if len(ln.sockets) == 0 {
		return
	}
	err = sock.ListenFailed(ln.sockets[0].fd, fmt.Errorf("accept: %w", err))
	ln.Close()
	if ln.options.OnFailure != nil {
		ln.options.OnFailure(err)
	}
}
