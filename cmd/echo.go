package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"gnc/netio"
)

// echoFlags is the grammar of gnc echo.
type echoFlags struct {
	Address []string `arg:"" optional:"" name:"address" help:"[HOST] PORT, HOST:PORT, [V6]:PORT or :PORT, also after tcp: or udp:, or unix:PATH or vsock:CID:PORT (tcp:// and so on mean the same). Port 0: the kernel chooses. None where a service manager passes sockets (LISTEN_FDS)."`

	addressFlags

	UDP         bool     `name:"udp" short:"u" help:"Datagrams: each goes back to its sender."`
	Unix        bool     `short:"U" help:"A Unix socket: the address is a path, or @NAME."`
	Vsock       bool     `help:"A vsock address: CID and PORT, where CID is a number, any, local or host (Linux)."`
	Loops       count    `default:"1" placeholder:"N" help:"Threads that serve, each with a socket of its own on the port."`
	MaxConns    count    `short:"m" placeholder:"N" help:"Connections at a time; more wait in the backlog."`
	IdleTimeout duration `placeholder:"DUR" help:"Close a connection on which nothing has moved for this long."`
	Linger      duration `default:"3" placeholder:"DUR" help:"After a signal, open connections may take this long to finish."`
	Deadline    duration `placeholder:"DUR" help:"Bound on the whole run, after which nothing lingers."`
	Backlog     count    `placeholder:"N" help:"Connections that may wait to be accepted."`
	Rate        size     `placeholder:"SIZE" help:"Bytes a second at most, each connection."`
	Stats       bool     `help:"At the end, a line that sums up."`
	readyFlags

	Delay        duration `group:"Faults, for each connection:" placeholder:"DUR" help:"Hold back each piece for this long."`
	Chunk        size     `group:"Faults, for each connection:" placeholder:"SIZE" help:"Send back pieces of this size."`
	StallAfter   size     `group:"Faults, for each connection:" placeholder:"SIZE" help:"After so many bytes, do nothing any more."`
	ResetAfter   size     `group:"Faults, for each connection:" placeholder:"SIZE" help:"After so many bytes, reset the connection."`
	CloseAfter   size     `group:"Faults, for each connection:" placeholder:"SIZE" help:"After so many bytes, close the connection."`
	CorruptEvery size     `group:"Faults, for each connection:" placeholder:"SIZE" help:"Invert every SIZE-th byte."`

	wordFlags
}

// echoJob is an echo server, as data.
type echoJob struct {
	Target   netio.Target
	Network  string
	Numeric  bool
	Mux      string
	Kind     kind
	Loops    int
	Backlog  int
	Options  netio.EchoOptions
	Linger   time.Duration
	Deadline time.Duration
	Stats    bool
	Ready    ready
	Words    words

	Inherited []netio.Inherited // sockets to serve, instead of binding
}

func (f *echoFlags) job(env *Env) (Job, error) {
	kind, err := vsockKind(f.Vsock, socketKind(f.UDP, f.Unix))
	if err != nil {
		return nil, err
	}
	kind, target, inherited, err := listenAddress(env, f.Address, kind)
	if err != nil {
		return nil, err
	}
	told, err := f.words()
	if err != nil {
		return nil, err
	}
	ready, err := f.ready(env)
	if err != nil {
		return nil, err
	}
	if f.MaxConns > 0 && f.MaxConns < f.Loops {
		return nil, fmt.Errorf("--max-conns %d is too few for --loops %d: each loop has one or more", f.MaxConns, f.Loops)
	}
	faults := netio.Faults{Delay: time.Duration(f.Delay), Chunk: f.Chunk.asInt(), StallAfter: int64(f.StallAfter),
		ResetAfter: int64(f.ResetAfter), CloseAfter: int64(f.CloseAfter), CorruptEvery: int64(f.CorruptEvery)}
	o := netio.EchoOptions{MaxConns: int(f.MaxConns), Idle: time.Duration(f.IdleTimeout), Rate: int64(f.Rate), Faults: faults}
	if kind.isPackets() && (f.MaxConns > 0 || o.Idle > 0 || o.Rate > 0 || faults != netio.Faults{}) {
		return nil, fmt.Errorf("datagrams have no connections: they go with no limit and no fault")
	}
	if kind.byName() && f.Loops > 1 {
		return nil, fmt.Errorf("--loops needs a port that can be shared; a Unix path or a vsock port can't be")
	}
	if len(inherited) > 0 && f.Loops > 1 {
		return nil, fmt.Errorf("--loops needs a socket for each; those that LISTEN_FDS has passed are for one")
	}
	return &echoJob{Inherited: inherited, Target: target, Network: f.network(), Numeric: f.Numeric, Mux: f.Mux, Kind: kind, Loops: int(f.Loops),
		Backlog: int(f.Backlog), Options: o, Linger: time.Duration(f.Linger), Deadline: time.Duration(f.Deadline), Stats: f.Stats, Ready: ready, Words: told}, nil
}

// Run serves until a signal, which is no failure if no connection was cut off, or until the deadline.
func (j *echoJob) Run(ctx context.Context, env *Env) error {
	return runTask(ctx, env, j.Mux, j.Words, j.Deadline, putInOrder, func(t *task) error {
		e := &echoing{task: t, job: j, begin: env.Now()}
		e.raiseLimit()
		t.ending = func() { t.notifyStopping(j.Ready) }
		if j.Kind.byName() || len(j.Inherited) > 0 {
			return e.open(nil)
		}
		t.lookupLocal(j.Target, j.Network, j.Numeric, e.open)
		return nil
	})
}

// echoing is the task of an echoJob. It runs the first loop; the others are goroutines with a loop each, which tell it
// when they end.
type echoing struct {
	*task
	job     *echoJob
	begin   time.Time
	servers []*echoServer
	present *netio.Presence // counts the connections of several servers; nil for one
	left    int             // servers that have not ended
	cause   error
}

// open makes the servers, and has them begin once all are there.
func (e *echoing) open(addrs []netip.AddrPort) error {
	e.heedSignals()
	addrs, err := e.bind(addrs)
	if err != nil {
		return err
	}
	if len(e.servers) > 1 {
		e.present = new(netio.Presence)
	}
	most := e.maxConns()
	for i, s := range e.servers {
		if err := s.serve(share(most, len(e.servers), i)); err != nil {
			return err
		}
	}
	e.left = len(e.servers)
	for _, s := range e.servers[1:] {
		go s.run()
	}
	e.cancel = e.stop
	return e.announce(addrs)
}

// bind makes the servers, and returns what they are bound to. The first one's port is everybody's.
func (e *echoing) bind(addrs []netip.AddrPort) ([]netip.AddrPort, error) {
	for i := range e.job.Loops {
		loop := e.loop
		if i > 0 {
			var err error
			if loop, err = netio.NewLoop(e.job.Mux); err != nil {
				return nil, err
			}
		}
		s := &echoServer{echoing: e, loop: loop, index: uint32(i)}
		if err := s.bind(addrs); err != nil {
			return nil, err
		}
		addrs = s.addrs
		e.servers = append(e.servers, s)
	}
	return addrs, nil
}

// announce tells people, programs and the script that waits that the servers accept.
func (e *echoing) announce(addrs []netip.AddrPort) error {
	j := e.job
	e.sayListening(addrs, j.Target, j.Ready)
	e.eventListening(addrs)
	if err := e.tellReady(j.Ready, addrs); err != nil {
		return err
	}
	startPoller()
	return nil
}

// stop ends all servers, each on its own loop.
func (e *echoing) stop(cause error) {
	e.cause = cause
	e.ending()
	linger := e.job.Linger
	if errors.Is(cause, errDeadline) {
		linger = 0
	}
	for _, s := range e.servers {
		s.loop.Post(func() { s.stop(linger) })
	}
}

// ended is told, on the first loop, of each server's end.
func (e *echoing) ended() {
	if e.left--; e.left > 0 {
		return
	}
	sum := e.totals()
	if e.job.Stats {
		took := e.env.Now().Sub(e.begin)
		e.lost("stderr", e.say(0, "echoed %d bytes of %d connections, at most %d at a time, %d cut off, in %v", sum.Bytes, sum.Conns,
			sum.Peak, sum.CutOff, took.Round(time.Millisecond)))
		e.event("summary", "connections", sum.Conns, "bytes", sum.Bytes, "peak", sum.Peak, "cut_off", sum.CutOff,
			"seconds", took.Seconds())
	}
	if sum.CutOff == 0 && is[*signalError](e.cause) {
		e.cause = nil
	}
	e.end(e.cause)
}

// totals are those of all servers. Peaks do not add up: the servers need not have had them at the same time.
func (e *echoing) totals() (sum netio.EchoTotals) {
	for _, s := range e.servers {
		t := s.totals()
		sum.Conns += t.Conns
		sum.Bytes += t.Bytes
		sum.CutOff += t.CutOff
		sum.Peak = max(sum.Peak, t.Peak)
	}
	if e.present != nil {
		sum.Peak = e.present.Peak()
	}
	return sum
}
