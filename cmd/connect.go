package cmd

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"gnc/netio"
	"gnc/resolve"
)

// connectFlags is the grammar of gnc connect.
type connectFlags struct {
	Address []string `arg:"" name:"address" help:"HOST PORT, HOST:PORT or [V6]:PORT."`

	sessionFlags

	ConnectTimeout duration   `placeholder:"DUR" help:"Bound on connecting."`
	AttemptDelay   *duration  `placeholder:"DUR" help:"When the next address is tried beside the last one: 10ms to 2s (RFC 8305), 250ms unless told."`
	Wait           duration   `placeholder:"DUR" help:"Keep trying for this long until the other side accepts."`
	Source         netip.Addr `short:"s" placeholder:"ADDR" help:"Connect from this address."`
	SourcePort     uint16     `short:"p" placeholder:"PORT" help:"Connect from this port."`
	Scan           bool       `short:"z" help:"Only see whether the port accepts; move nothing."`
}

// connectJob is a connection to make, as data.
type connectJob struct {
	sessionJob
	Target       netio.Target
	Source       netio.Source
	Timeout      time.Duration
	AttemptDelay time.Duration
	Wait         time.Duration
	Scan         bool
}

func (f *connectFlags) job(*Env) (Job, error) {
	common, err := f.sessionJob()
	if err != nil {
		return nil, err
	}
	target, err := connectTarget(f.Address)
	if err == nil {
		err = checkPort(target.Port, 1)
	}
	if err != nil {
		return nil, err
	}
	job := &connectJob{sessionJob: common, Target: target, Scan: f.Scan, Wait: time.Duration(f.Wait),
		Source: source(f.Source, f.SourcePort), Timeout: time.Duration(f.ConnectTimeout)}
	if job.Timeout == 0 {
		job.Timeout = time.Duration(f.Timeout)
	}
	if f.AttemptDelay != nil {
		job.AttemptDelay = time.Duration(*f.AttemptDelay)
		if job.AttemptDelay < netio.MinAttemptDelay || job.AttemptDelay > netio.MaxAttemptDelay {
			return nil, fmt.Errorf("--attempt-delay %v is not within 10ms and 2s", job.AttemptDelay)
		}
	}
	return job, nil
}

func connectTarget(words []string) (netio.Target, error) {
	switch len(words) {
	case 1:
		t, err := netio.ParseTarget(words[0])
		if err == nil && t.Host == "" {
			t.Host = "localhost"
		}
		return t, err
	case 2:
		return netio.PairTarget(words[0], words[1]), nil
	}
	return netio.Target{}, fmt.Errorf("%d words do not make one address; write HOST PORT", len(words))
}

func source(addr netip.Addr, port uint16) netio.Source {
	s := netio.Source{Port: port}
	switch {
	case !addr.IsValid():
	case addr.Is4():
		s.Addr4 = addr
	default:
		s.Addr6 = addr
	}
	return s
}

// Run connects and moves bytes until the session is over.
func (j *connectJob) Run(ctx context.Context, env *Env) error {
	return runTask(ctx, env, j.Mux, j.Words, j.Deadline, func(t *task) error {
		c := &connecting{task: t, job: j, begin: env.Now()}
		t.withCapture(&j.sessionJob, c.try)
		return nil
	})
}

// connecting is the task of a connectJob until there is a connection: a lookup and a race, again and again with --wait.
type connecting struct {
	*task
	job   *connectJob
	begin time.Time
	tries int
}

// Pauses between the tries of --wait: short at first, because what is waited for is often just starting.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 500 * time.Millisecond
)

func (c *connecting) try() {
	ctx, stopLookup := context.WithCancel(c.ctx)
	race := netio.NewRace(c.loop, netio.RaceOptions{
		Source: c.job.Source, Timeout: c.job.Timeout, AttemptDelay: c.job.AttemptDelay, Sort: resolve.New().Sort,
		OnAttempt: func(a netip.AddrPort) {
			c.say(2-c.firstTry(), "connecting to %s", a)
			c.event("connecting", "address", a.String())
		},
		OnFailure: func(e *netio.DialError) { c.say(2-c.firstTry(), "%v", e) },
	}, func(conn *netio.Conn, addr netip.AddrPort, err error) {
		stopLookup()
		if err != nil {
			c.failed(err)
			return
		}
		c.connected(conn, addr)
	})
	c.cancel = race.Cancel
	c.lookup(ctx, query{Target: c.job.Target, network: c.job.Network, numeric: c.job.Numeric}, race.Add)
}

// firstTry is 1 in the first try, whose attempts are told with -v; those of later ones take -vv.
func (c *connecting) firstTry() int {
	if c.tries == 0 {
		return 1
	}
	return 0
}

func (c *connecting) failed(err error) {
	left := c.job.Wait - c.env.Now().Sub(c.begin)
	switch {
	case c.job.Wait == 0, c.ctx.Err() != nil:
		c.end(err)
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

func (c *connecting) connected(conn *netio.Conn, addr netip.AddrPort) {
	local, took := netio.LocalAddr(conn.FD()), c.env.Now().Sub(c.begin)
	c.say(1, "connected to %s from %s in %v", addr, local, took.Round(time.Microsecond))
	c.event("connected", "local", local.String(), "remote", addr.String(), "seconds", took.Seconds())
	if c.job.Scan {
		conn.Close()
		c.end(nil)
		return
	}
	c.session(&c.job.sessionJob, conn, 1)
}
