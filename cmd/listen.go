package cmd

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"gnc/mux"
	"gnc/netio"
)

// listenFlags is the grammar of gnc listen.
type listenFlags struct {
	Address []string `arg:"" name:"address" help:"[HOST] PORT, HOST:PORT, [V6]:PORT or :PORT. Port 0: the kernel chooses."`

	sessionFlags

	AcceptTimeout duration `placeholder:"DUR" help:"Bound on the wait for a connection."`
	Backlog       int      `placeholder:"N" help:"Connections that may wait to be accepted."`
	readyFlags
}

// listenJob is a port to listen on, as data.
type listenJob struct {
	sessionJob
	Target        netio.Target // no host: every address of both families
	AcceptTimeout time.Duration
	Backlog       int
	Ready         ready
}

func (f *listenFlags) job(*Env) (Job, error) {
	common, err := f.sessionJob()
	if err != nil {
		return nil, err
	}
	target, err := listenTarget(f.Address)
	if err != nil {
		return nil, err
	}
	if f.Backlog < 0 {
		return nil, fmt.Errorf("--backlog %d is negative", f.Backlog)
	}
	ready, err := f.ready()
	if err != nil {
		return nil, err
	}
	return &listenJob{sessionJob: common, Target: target, AcceptTimeout: time.Duration(f.AcceptTimeout), Backlog: f.Backlog,
		Ready: ready}, nil
}

func listenTarget(words []string) (t netio.Target, err error) {
	switch {
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
	return s != ""
}

// Run listens, accepts one connection, and moves bytes until the session is over.
func (j *listenJob) Run(ctx context.Context, env *Env) error {
	return runTask(ctx, env, j.Mux, j.Words, j.Deadline, func(t *task) error {
		l := &listening{task: t, job: j}
		t.withCapture(&j.sessionJob, l.listen)
		return nil
	})
}

// listening is the task of a listenJob until there is a connection.
type listening struct {
	*task
	job      *listenJob
	listener *netio.Listener
	timeout  *mux.Timer
}

func (l *listening) listen() {
	l.lookupLocal(l.job.Target, l.job.Network, l.job.Numeric, l.open)
}

// open binds the addresses, then announces the port: who reads the announcement can connect.
func (l *listening) open(addrs []netip.AddrPort) error {
	listener, err := l.loop.Listen(addrs, netio.ListenOptions{
		Backlog:   l.job.Backlog,
		DualStack: l.job.Target.Host == "" && l.job.Network == "ip",
		OnStarved: func(err error) { l.say(0, "accepting has to wait: %v", err) },
		OnFailure: l.end,
	})
	if err != nil {
		return err
	}
	l.listener = listener
	l.cancel = l.stop
	if err := listener.Accept(l.accepted); err != nil {
		return err
	}
	if err := l.announce(listener.Addrs(), l.job.Target, l.job.Ready); err != nil {
		listener.Close()
		return err
	}
	if d := l.job.AcceptTimeout; d > 0 {
		l.timeout = l.loop.After(d, func() { l.stop(errAcceptTimeout) })
	}
	return nil
}

func (l *listening) stop(err error) {
	l.timeout.Stop()
	l.listener.Close()
	l.end(err)
}

func (l *listening) accepted(conn *netio.Conn, from netip.AddrPort) {
	l.timeout.Stop()
	l.listener.Close()
	local := netio.LocalAddr(conn.FD())
	l.say(1, "accepted %s on %s", from, local)
	l.event("accepted", "id", 1, "local", local.String(), "remote", from.String())
	l.session(&l.job.sessionJob, conn, 1)
}
