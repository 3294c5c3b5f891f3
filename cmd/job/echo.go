package job

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"gnc/netio"
	"gnc/netio/address"
	"gnc/netio/sock"
)

// Echo is an echo server, as data.
type Echo struct {
	Target   address.Target
	Network  string
	Numeric  bool
	Mux      string
	Kind     Kind
	Loops    int
	Backlog  int
	Options  netio.EchoOptions
	Linger   time.Duration
	Deadline time.Duration
	Stats    bool
	Ready    Ready
	Words    Words

	Inherited []sock.Inherited // sockets to serve, instead of binding
}

// Run serves until a signal, which is no failure if no connection was cut off, or until the
// deadline.
func (j *Echo) Run(ctx context.Context, env *Env) error {
	return runTask(ctx, env, j.Mux, j.Words, j.Deadline, putInOrder, func(t *Task) error {
		e := &echoing{Task: t, job: j, begin: env.Now()}
		e.raiseLimit()
		t.ending = func() { t.notifyStopping(j.Ready) }
		hasSocket, q := j.Kind.ByName() || len(j.Inherited) > 0, localQuery(j.Target, j.Network, j.Numeric)
		_, literal := q.literal()
		t.setUp(!hasSocket && !literal, func(ctx context.Context) (p prepared, err error) {
			p.place = new(place)
			if !hasSocket {
				p.addrs, err = q.some(ctx)
			}
			return p, err
		}, e.open)
		return nil
	})
}

// echoing is the task of an Echo. It runs the first loop; the others are goroutines with a loop
// each, which tell it when they end.
type echoing struct {
	*Task
	job     *Echo
	begin   time.Time
	servers []*echoServer
	present *netio.Presence // counts the connections of several servers; nil for one
	left    int             // servers that have not ended
	cause   error
}

// open makes the servers, and has them begin once all are there.
func (e *echoing) open() error {
	e.heedSignals()
	addrs, err := e.bind(e.addrs)
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

// bind makes the servers, and returns their addresses. All have the port of the first.
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

// announce reports to people, programs and the waiting script that the servers accept.
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

// ended takes note of a server's end, on the first loop.
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
	if sum.CutOff == 0 && Is[*SignalError](e.cause) {
		e.cause = nil
	}
	e.end(e.cause)
}

// totals are those of all servers. Peaks do not add up: the servers need not have had them at the
// same time.
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
