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

// listenFlags is the grammar of gnc listen.
type listenFlags struct {
	Address []string `arg:"" optional:"" name:"address" help:"[HOST] PORT, HOST:PORT, [V6]:PORT or :PORT. Port 0: the kernel chooses. None where a service manager passes sockets (LISTEN_FDS)."`

	sessionFlags

	AcceptTimeout duration `placeholder:"DUR" help:"Bound on the wait for a connection."`
	KeepOpen      bool     `short:"k" help:"Serve one client after another; stdin goes to the first that takes it."`
	MaxConns      int      `short:"m" placeholder:"N" help:"Commands of --exec that run at once with --keep-open: 100 unless told."`
	Backlog       int      `placeholder:"N" help:"Connections that may wait to be accepted."`
	readyFlags
}

// listenJob is a port to listen on, as data.
type listenJob struct {
	sessionJob
	Target        netio.Target // no host: every address of both families
	FirstAddress  bool         // of several addresses, listen on the first that can be bound
	MappedIPv4    bool         // the IPv6 wildcard takes IPv4 too, though IPv6 was asked for
	MaxConns      int          // clients that are served at once, where a command serves them; 0: defaultMaxConns
	KeepOpen      bool         // one client after another
	Peer          netip.Addr   // the only client that is served; not valid: any
	PeerWord      string       // Peer as it was given
	AcceptTimeout time.Duration
	BindPatience  time.Duration // how long a busy port is tried again
	Backlog       int
	Ready         ready
	Inherited     []netio.Inherited // sockets to listen on, instead of binding
}

func (f *listenFlags) job(env *Env) (Job, error) {
	common, err := f.sessionJob()
	if err != nil {
		return nil, err
	}
	kind, target, inherited, err := listenAddress(env, f.Address, common.Kind)
	if err != nil {
		return nil, err
	}
	common.Kind = kind
	if len(common.Exec) > 0 && f.KeepOpen && common.Kind.isPackets() {
		return nil, fmt.Errorf("--exec and --keep-open go together with streams only")
	}
	if f.MaxConns < 0 {
		return nil, fmt.Errorf("--max-conns %d is negative", f.MaxConns)
	}
	if f.Backlog < 0 {
		return nil, fmt.Errorf("--backlog %d is negative", f.Backlog)
	}
	if len(inherited) > 1 && kind == kindUDP {
		return nil, errors.New("gnc listen hears datagrams on one socket; LISTEN_FDS has passed several")
	}
	if len(inherited) > 0 && kind.isPackets() && len(common.Exec) > 0 {
		return nil, errors.New("a command needs a socket that is connected; one of datagrams that LISTEN_FDS has passed must not be")
	}
	ready, err := f.ready(env)
	if err != nil {
		return nil, err
	}
	return &listenJob{sessionJob: common, Target: target, AcceptTimeout: time.Duration(f.AcceptTimeout), Backlog: f.Backlog,
		KeepOpen: f.KeepOpen, MaxConns: f.MaxConns, Ready: ready, Inherited: inherited}, nil
}

func listenTarget(words []string) (t netio.Target, err error) {
	switch {
	case len(words) == 0:
		return t, errors.New("no address; write [HOST] PORT")
	case len(words) == 1 && isWord(words[0]):
		t.Port = words[0]
	case len(words) == 1:
		t, err = netio.ParseTarget(words[0])
	case len(words) == 2:
		t = netio.PairTarget(words[0], words[1])
	default:
		err = fmt.Errorf("%d words do not make one address; write [HOST] PORT", len(words))
	}
	if err == nil {
		err = checkPort(t.Port, 0)
	}
	return t, err
}

// isWord says whether an argument is a port alone: no address has neither colon nor bracket.
func isWord(s string) bool {
	for _, c := range s {
		if c == ':' || c == '[' {
			return false
		}
	}
	return true
}

// Run listens, accepts one connection, and moves bytes until the session is over.
func (j *listenJob) Run(ctx context.Context, env *Env) error {
	return runTask(ctx, env, j.Mux, j.Words, j.Deadline, putInOrder, func(t *task) error {
		l := &listening{task: t, job: j}
		t.withMD5Key(&j.sessionJob, func() { t.withCaptures(&j.sessionJob, l.listen) })
		t.ending = func() { t.notifyStopping(j.Ready) }
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
	if l.job.Kind.byName() || len(l.job.Inherited) > 0 {
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
	if l.job.Kind.byName() {
		l.bound = targetName(l.job.Kind, l.job.Target)
	}
	if l.job.Kind == kindVsock {
		l.bound, l.boundPort = l.listener.Vsock().String(), l.listener.Vsock().Port
	}
	l.cancel = l.stop
	l.voice.listening(l.task, l.job, at, func() {
		l.eventListening(at)
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
	if sockets := l.job.Inherited; len(sockets) > 0 {
		if l.job.Kind.isPackets() {
			l.packets = l.loop.InheritPackets(sockets[0], l.job.KeepOpen)
		} else {
			l.listener = l.loop.InheritListener(sockets, l.options())
		}
		return inheritedAddrs(sockets), nil
	}
	switch l.job.Kind {
	case kindUnix:
		l.listener, err = l.loop.ListenUnix(l.job.Target.Host, l.options())
		return nil, err
	case kindVsock:
		l.listener, err = l.loop.ListenVsock(vsockOf(l.job.Target, true), l.options())
		return nil, err
	case kindUnixPackets:
		l.packets, err = l.loop.ListenUnixPackets(l.job.Target.Host, l.job.KeepOpen)
		return nil, err
	case kindUDP:
		err = l.bindEach(addrs, func(addrs []netip.AddrPort) (err error) {
			if l.packets, err = l.loop.ListenPackets(addrs, l.job.KeepOpen, l.options()); err == nil {
				at = l.packets.Addrs()
			}
			return err
		})
		return at, err
	}
	err = l.bindEach(addrs, func(addrs []netip.AddrPort) (err error) {
		if l.listener, err = l.loop.Listen(addrs, l.options()); err == nil {
			at = l.listener.Addrs()
		}
		return err
	})
	return at, err
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

// bindEach has bind bind all the addresses, or the first that can be bound where one is enough.
func (l *listening) bindEach(addrs []netip.AddrPort, bind func([]netip.AddrPort) error) (err error) {
	if !l.job.FirstAddress {
		return bind(addrs)
	}
	for i := range addrs {
		if err = bind(addrs[i : i+1]); err == nil {
			break
		}
	}
	return err
}

// serve begins to accept, and tells the port to who asked for it.
func (l *listening) serve(at []netip.AddrPort) error {
	if err := l.accept(); err != nil {
		return err
	}
	if err := l.tellReady(l.job.Ready, at); err != nil {
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
			l.event("refused", "remote", from.String(), "reason", "not the peer that was asked for")
			conn.Close()
			l.served(&strangerError{from})
			return
		}
		l.event("accepted", "id", l.clients, "local", endpoint(local, l.job.Target.Host), "remote", endpoint(from, ""))
		l.withCaptures(&l.job.sessionJob, func() { l.onConnection(&l.job.sessionJob, conn, l.clients, l.served) })
	})
}

// atOnce is how many clients are served at the same time: the standard streams serve one, commands many.
func (l *listening) atOnce() int {
	switch {
	case len(l.job.Exec) == 0:
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
