package cmd

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio"
)

// listenFlags is the grammar of gnc listen.
type listenFlags struct {
	Address []string `arg:"" name:"address" help:"[HOST] PORT, HOST:PORT, [V6]:PORT or :PORT. Port 0: the kernel chooses."`

	sessionFlags

	AcceptTimeout duration `placeholder:"DUR" help:"Bound on the wait for a connection."`
	Backlog       int      `placeholder:"N" help:"Connections that may wait to be accepted."`
	PortFile      string   `placeholder:"FILE" help:"Write the port to FILE once it accepts."`
	ReadyFd       *int     `name:"ready-fd" placeholder:"N" help:"Write the port to descriptor N once it accepts, and close it."`
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
	if err == nil {
		err = checkPort(target.Port, 0)
	}
	if err != nil {
		return nil, err
	}
	if f.Backlog < 0 {
		return nil, fmt.Errorf("--backlog %d is negative", f.Backlog)
	}
	job := &listenJob{sessionJob: common, Target: target, AcceptTimeout: time.Duration(f.AcceptTimeout), Backlog: f.Backlog,
		Ready: ready{file: f.PortFile, fd: -1}}
	if f.ReadyFd != nil {
		if _, err := unix.FcntlInt(uintptr(*f.ReadyFd), unix.F_GETFD, 0); err != nil { // before we open any ourselves
			return nil, fmt.Errorf("--ready-fd %d is not an open descriptor", *f.ReadyFd)
		}
		job.Ready.fd = *f.ReadyFd
	}
	return job, nil
}

func listenTarget(words []string) (netio.Target, error) {
	switch {
	case len(words) == 1 && isWord(words[0]):
		return netio.Target{Port: words[0]}, nil
	case len(words) == 1:
		return netio.ParseTarget(words[0])
	case len(words) == 2:
		return netio.PairTarget(words[0], words[1]), nil
	}
	return netio.Target{}, fmt.Errorf("%d words do not make one address; write [HOST] PORT", len(words))
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
	t := l.job.Target
	q := query{Target: t, network: l.job.Network, numeric: l.job.Numeric}
	if q.Host == "" {
		q.Host = map[string]string{"ip": "::", "ip4": "0.0.0.0", "ip6": "::"}[l.job.Network]
	}
	var addrs []netip.AddrPort
	var failed error
	l.lookup(l.ctx, q, func(b netio.Batch, last bool) {
		addrs = append(addrs, b.Addrs...)
		if b.Err != nil {
			failed = b.Err
		}
		switch {
		case !last:
		case len(addrs) == 0:
			l.end(failed)
		default:
			if err := l.open(addrs); err != nil {
				l.end(err)
			}
		}
	})
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
	l.announce()
	if err := l.job.Ready.tell(listener.Addrs()[0].Port()); err != nil {
		listener.Close()
		return err
	}
	if d := l.job.AcceptTimeout; d > 0 {
		l.timeout = l.loop.After(d, func() { l.stop(errAcceptTimeout) })
	}
	return nil
}

// announce says where it listens: with -v, and where nobody could know the port otherwise.
func (l *listening) announce() {
	for _, a := range l.listener.Addrs() {
		level := 1
		if l.job.Target.Port == "0" && !l.job.Ready.asked() {
			level = 0
		}
		l.say(level, "listening on %s", a)
		l.event("listening", "address", a.Addr().String(), "port", a.Port())
	}
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
