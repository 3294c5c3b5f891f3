package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio"
)

// Run listens, accepts one connection, and moves bytes until the session is over.
func (j *listenJob) Run(ctx context.Context, env *Env) error {
	return runTask(ctx, env, j.Mux, j.Words, j.Deadline, func(t *task) error {
		l := &listening{task: t, job: j}
		t.withScript(&j.sessionJob, func() { t.withCapture(&j.sessionJob, l.listen) })
		return nil
	})
}

// listening is the task of a listenJob.
type listening struct {
	*task
	job      *listenJob
	begin    time.Time
	listener *netio.Listener       // of streams
	packets  *netio.PacketListener // of datagrams
	timeout  *mux.Timer
	clients  int // so far
	serving  int // now
}

func (l *listening) listen() {
	if l.job.Kind.isUnix() {
		if err := l.open(nil); err != nil {
			l.end(err)
		}
		return
	}
	l.begin = l.env.Now()
	l.lookupLocal(l.job.Target, l.job.Network, l.job.Numeric, l.open)
}

// open binds the addresses, then announces the port: who reads the announcement can connect.
func (l *listening) open(addrs []netip.AddrPort) error {
	at, err := l.bind(addrs)
	switch {
	case errors.Is(err, unix.EADDRINUSE) && l.env.Now().Sub(l.begin) < l.job.BindPatience:
		again := l.loop.After(bindPause, func() {
			if err := l.open(addrs); err != nil {
				l.end(err)
			}
		})
		l.cancel = func(err error) {
			again.Stop()
			l.end(err)
		}
		return nil
	case err != nil:
		return err
	}
	l.cancel = l.stop
	l.voice.listening(l.task, l.job, at, func() {
		for _, a := range at {
			l.event("listening", "address", a.Addr().String(), "port", a.Port())
		}
		if err := l.serve(at); err != nil {
			l.stop(err)
		}
	})
	return nil
}

// bindPause is between two tries to bind a busy port.
const bindPause = 100 * time.Millisecond

// bind makes the listener, or for datagrams the hearer, and returns its addresses.
func (l *listening) bind(addrs []netip.AddrPort) (at []netip.AddrPort, err error) {
	switch l.job.Kind {
	case kindUnix:
		l.listener, err = l.loop.ListenUnix(l.job.Target.Host, l.options())
		return nil, err
	case kindUnixPackets:
		l.packets, err = l.loop.ListenUnixPackets(l.job.Target.Host, l.job.KeepOpen)
		return nil, err
	case kindUDP:
		l.packets, err = l.loop.ListenPackets(addrs[0], l.job.KeepOpen, l.options())
		if err != nil {
			return nil, err
		}
		return []netip.AddrPort{l.packets.Addr()}, nil
	}
	if l.listener, err = l.bindTCP(addrs); err != nil {
		return nil, err
	}
	return l.listener.Addrs(), nil
}

func (l *listening) options() netio.ListenOptions {
	return netio.ListenOptions{
		Socket:    l.job.Socket,
		Backlog:   l.job.Backlog,
		DualStack: l.job.Target.Host == "" && l.job.Network == "ip" || l.job.MappedIPv4,
		OnStarved: func(err error) { l.say(0, "accepting has to wait: %v", err) },
		OnFailure: l.end,
	}
}

func (l *listening) bindTCP(addrs []netip.AddrPort) (listener *netio.Listener, err error) {
	options := l.options()
	if !l.job.FirstAddress {
		return l.loop.Listen(addrs, options)
	}
	for _, a := range addrs {
		if listener, err = l.loop.Listen([]netip.AddrPort{a}, options); err == nil {
			break
		}
	}
	return listener, err
}

// serve begins to accept, and tells the port to who asked for it.
func (l *listening) serve(at []netip.AddrPort) error {
	if err := l.accept(); err != nil {
		return err
	}
	var port uint16
	if len(at) > 0 {
		port = at[0].Port()
	}
	if err := l.job.Ready.tell(port); err != nil {
		return err
	}
	if d := l.job.AcceptTimeout; d > 0 {
		l.timeout = l.loop.After(d, func() { l.stop(errAcceptTimeout) })
	}
	return nil
}

// accept waits for the next client, or for the first datagram.
func (l *listening) accept() error {
	if l.packets != nil {
		return l.packets.Hear(l.accepted, l.stop)
	}
	return l.listener.Accept(l.accepted)
}

func (l *listening) stop(err error) {
	l.timeout.Stop()
	l.close()
	l.end(err)
}

func (l *listening) close() {
	if l.packets != nil {
		l.packets.Close()
	} else {
		l.listener.Close()
	}
}

// accepted is told of a client. While it is served, others wait in the backlog, or are refused where it is the only one.
func (l *listening) accepted(conn *netio.Conn, from netip.AddrPort) {
	l.timeout.Stop()
	l.serving++
	switch {
	case l.packets != nil: // the socket is the session's now
	case l.job.KeepOpen && l.serving < l.atOnce():
	case l.job.KeepOpen:
		if err := l.listener.Pause(); err != nil {
			l.stop(err)
			return
		}
	default:
		l.listener.Close()
	}
	l.clients++
	local := netio.LocalAddr(conn.FD())
	l.voice.accepted(l.task, l.job, from, local, func() {
		if l.job.Peer.IsValid() && from.Addr() != l.job.Peer {
			conn.Close()
			l.served(&strangerError{from})
			return
		}
		l.event("accepted", "id", l.clients, "local", local.String(), "remote", from.String())
		l.withCapture(&l.job.sessionJob, func() { l.onConnection(&l.job.sessionJob, conn, l.clients, l.served) })
	})
}

// atOnce is how many clients are served at the same time: the standard streams serve one, commands many.
func (l *listening) atOnce() int {
	switch {
	case len(l.job.Exec) == 0 && l.script == nil:
		return 1
	case l.job.MaxConns > 0:
		return l.job.MaxConns
	}
	return defaultMaxConns
}

// strangerError is a client other than the one that was asked for.
type strangerError struct{ from netip.AddrPort }

func (e *strangerError) Error() string { return fmt.Sprintf("refused a connection from %s", e.from) }

// served is told how a client's session ended. With --keep-open only a failure of our own ends the listener.
func (l *listening) served(err error) {
	var op *netio.OpError
	l.serving--
	if !l.job.KeepOpen || l.packets != nil || l.ctx.Err() != nil || errors.As(err, &op) && op.Local {
		l.close()
		l.end(err)
		return
	}
	if err != nil {
		l.voice.verdict(l.task, err) // told, and no more: the next client is served
	}
	if l.serving == 0 {
		l.cancel = l.stop
	}
	if err := l.listener.Resume(); err != nil {
		l.stop(err)
	}
}
