package job

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"gnc/netio"
	"gnc/netio/address"
	"gnc/netio/sock"
	"gnc/resolve"
)

// Run connects and moves bytes until the session is over.
func (j *Connect) Run(ctx context.Context, env *Env) error {
	atSignal := putInOrder
	if j.Scan && j.Words.Format == "" && j.Wait == 0 {
		atSignal = nothingToLose
	}
	return runTask(ctx, env, j.Mux, j.Words, j.Deadline, atSignal, func(t *Task) error {
		c := &connecting{Task: t, job: j, ports: slices.Clone(j.Ports)}
		t.setUp(j.mayBlock(), c.prepare, c.start)
		return nil
	})
}

// connecting is the task of a Connect: for each port a lookup and a race, again and again with
// --wait, then what is to be done with the connection.
type connecting struct {
	*Task
	job   *Connect
	ports []string // not tried yet
	port  string   // being tried
	begin time.Time
	tries int
	any   bool  // a port has answered
	err   error // why the last port that did not answer did not
}

// Pauses between the tries of --wait: short at first, because what is waited for is often just
// starting.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 500 * time.Millisecond
)

// mayBlock reports whether a connecting's prepare may.
func (j *Connect) mayBlock() bool {
	return j.Session.mayBlock() || j.SourceHost != "" || j.Proxy != nil && j.Proxy.AskPassword ||
		j.Words.Messages != nil && j.Words.Messages.Begin(j).Addr.IsValid()
}

// prepare gets all that is needed before the first connection.
func (c *connecting) prepare(ctx context.Context) (p prepared, err error) {
	if p, err = c.job.Session.prepare(); err != nil {
		return p, err
	}
	if p.source, err = c.job.source(ctx); err != nil {
		return p, err
	}
	if c.job.Proxy != nil {
		if p.password, err = c.job.Proxy.askedPassword(); err != nil {
			return p, err
		}
	}
	if n := c.Messages.Begin(c.job); n.Addr.IsValid() {
		name, err := reverse(ctx, n.Addr)
		p.naming = func() { n.Say(name, err) }
	}
	return p, nil
}

// source is what the job connects from, where its host has been looked up.
func (j *Connect) source(ctx context.Context) (*sock.Source, error) {
	if j.SourceHost == "" {
		return &j.Source, nil
	}
	source := j.Source
	q := query{Target: address.Target{Host: j.SourceHost, Port: "0"}, network: j.Network, numeric: j.Numeric}
	addrs, err := q.all(ctx)
	for _, a := range addrs {
		if a.Addr().Is4() {
			source.Addr4 = a.Addr()
		} else {
			source.Addr6 = a.Addr()
		}
	}
	return &source, err
}

func (c *connecting) start() error {
	if c.naming != nil {
		c.naming()
	}
	if c.job.Random {
		rand.Shuffle(len(c.ports), func(i, k int) { c.ports[i], c.ports[k] = c.ports[k], c.ports[i] })
	}
	if c.job.AtOnce {
		c.scan()
		return nil
	}
	if !c.job.Scan {
		c.heedSignals() // or one that comes as soon as the peer accepts would end the connection in order
	}
	c.next()
	return nil
}

// next goes on with the next port. It is enough that one has answered.
func (c *connecting) next() {
	if len(c.ports) == 0 {
		if c.any {
			c.err = nil
		}
		c.end(c.err)
		return
	}
	c.port, c.ports = c.ports[0], c.ports[1:]
	c.begin, c.tries = c.env.Now(), 0
	c.try()
}

func (c *connecting) try() {
	if c.job.Kind.IsUnix() {
		c.tryUnix()
		return
	}
	if c.job.Kind == Vsock {
		c.tryVsock()
		return
	}
	race, begin := c.newRace(c.race(c.tries == 0), func(conn *netio.Conn, addr netip.AddrPort, err error) {
		if err != nil {
			c.failed(err)
			return
		}
		if c.job.Probe != "" {
			c.probe(conn, addr)
			return
		}
		if c.job.Proxy != nil {
			c.negotiate(conn, addr)
			return
		}
		c.use(conn, addr)
	})
	c.cancel = race.Cancel
	q := query{Target: address.Target{Host: c.job.Host, Port: c.port}, network: c.job.Network, numeric: c.job.Numeric,
		datagram: c.job.Kind == UDP}
	if p := c.job.Proxy; p != nil {
		q.Target = p.Target
	}
	begin(q)
}

// race is the rules of a race, which reports what happens.
func (c *connecting) race(first bool) netio.RaceOptions {
	j, t := c.job, c.Task
	return netio.RaceOptions{
		Packets: j.Kind == UDP, Socket: c.socket(&j.Session),
		Source: *c.source, Timeout: j.Timeout, AttemptDelay: j.AttemptDelay, Sort: resolve.New().Sort,
		OnAttempt: func(a netip.AddrPort) {
			t.Messages.Attempt(t, a, first)
			t.event("connecting", "address", a.String())
		},
		OnFailure: func(e *netio.DialError) {
			t.Messages.Refused(t, j, e, first)
			t.event("refused", "remote", e.Addr.String(), "reason", e.Err.Error())
		},
	}
}

func (c *connecting) failed(err error) {
	left := c.job.Wait - c.env.Now().Sub(c.begin)
	switch {
	case c.ctx.Err() != nil:
		c.end(c.whyEnded(err))
		return
	case c.job.Wait == 0 && Is[*TargetError](err), zoneless(err): // no other port or try would do better
		c.end(err)
		return
	case Is[*proxyError](err): // which answered: to ask again would not help
		c.err = err
		if len(c.ports) > 0 {
			c.Messages.Verdict(c.Task, err)
		}
		c.next()
		return
	case c.job.Wait == 0:
		c.err = err
		c.timedOut(err)
		c.next()
		return
	case left <= 0:
		c.end(&waitError{Err: err})
		return
	}
	pause := min(firstPause<<min(c.tries, 8), lastPause, left)
	c.tries++
	again := c.loop.After(pause, c.try)
	c.cancel = func(err error) {
		again.Stop()
		c.end(err)
	}
}

// timedOut reports the attempts that were still under way when a race's time ran out.
func (c *connecting) timedOut(err error) {
	if race, is := errors.AsType[*netio.RaceError](err); is && errors.Is(race.Err, netio.ErrConnectTimeout) {
		for _, a := range race.Pending {
			c.Messages.Refused(c.Task, c.job, &netio.DialError{Addr: a, Err: netio.ErrConnectTimeout}, c.tries == 0)
		}
	}
}

// use does with a connection what it was made for.
func (c *connecting) use(conn *netio.Conn, addr netip.AddrPort) {
	c.connected(conn, c.port, addr, c.begin)
	if c.job.Scan {
		conn.Close()
		c.next()
		return
	}
	c.cancel = c.end
	if c.job.PassFD {
		err := conn.PassFD(int(c.env.Stdout.Fd()))
		conn.Close()
		c.end(err)
		return
	}
	c.onConnection(&c.job.Session, conn, 1, func(err error) {
		switch {
		case err != nil:
			c.end(err)
		case c.ctx.Err() != nil && len(c.ports) > 0:
			c.end(c.whyEnded(err))
		default:
			c.next()
		}
	})
}

// connected reports a connection that was made.
func (c *connecting) connected(conn *netio.Conn, port string, addr netip.AddrPort, begin time.Time) {
	c.any = true
	local, took := sock.LocalAddr(conn.FD()), c.env.Now().Sub(begin)
	c.Messages.Connected(c.Task, c.job, port, addr, local, took)
	c.event("connected", "local", endpoint(local, ""), "remote", endpoint(addr, c.job.name()), "seconds", took.Seconds())
}

// udpProbes is how long datagrams ask for a sign of life, by default.
const udpProbes = 3 * time.Second

// probe finds out whether the other end receives, before conn is used.
func (c *connecting) probe(conn *netio.Conn, addr netip.AddrPort) {
	wait := c.job.ProbeWait
	if wait == 0 {
		wait = udpProbes
	}
	c.cancel = c.loop.Probe(conn, c.job.Probe, wait, func(answered bool, err error) {
		switch {
		case err != nil:
			conn.Close()
			if refused, is := errors.AsType[*netio.RefusedError](err); is {
				e := &netio.DialError{Addr: addr, Err: refused.Err}
				c.Messages.Refused(c.Task, c.job, e, true)
				err = &netio.RaceError{Failures: []*netio.DialError{e}}
			}
			c.failed(err)
		case !answered && c.job.NeedAnswer:
			conn.Close()
			c.failed(&silentError{addr})
		default:
			c.use(conn, addr)
		}
	})
}

// silentError is a probe that nothing came back of: the port may be open or filtered.
type silentError struct{ addr netip.AddrPort }

func (e *silentError) Error() string {
	return "timed out: no answer from " + e.addr.String() + ": open, or filtered"
}
