package cmd

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gnc/netio"
	"gnc/resolve"
)

// connectFlags is the grammar of gnc connect.
type connectFlags struct {
	Address []string `arg:"" optional:"" name:"address" help:"HOST PORT, HOST:PORT or [V6]:PORT; with --scan also HOST PORT..., and ranges as LO-HI."`

	sessionFlags

	ConnectTimeout duration   `placeholder:"DUR" help:"Bound on connecting."`
	AttemptDelay   *duration  `placeholder:"DUR" help:"When the next address is tried beside the last one: 10ms to 2s (RFC 8305), 250ms unless told."`
	Wait           duration   `placeholder:"DUR" help:"Keep trying for this long until the other side accepts."`
	Source         netip.Addr `short:"s" placeholder:"ADDR" help:"Connect from this address."`
	SourcePort     uint16     `short:"p" placeholder:"PORT" help:"Connect from this port."`
	Scan           bool       `short:"z" help:"Only see whether the port accepts; move nothing. Of several ports, one is enough."`
	Proxy          string     `placeholder:"URL" help:"Connect through a proxy: socks4, socks4a, socks5 or http://[USER:PASSWORD@]HOST[:PORT]. GNC_PROXY_AUTH may hold USER:PASSWORD."`
	PassFd         bool       `name:"pass-fd" short:"F" help:"Pass the connected descriptor over stdout, which is a socket, and end."`
	Random         bool       `short:"r" help:"Try several ports in random order."`
}

// connectJob is a connection to make, as data. Several ports are tried one after another.
type connectJob struct {
	sessionJob
	Host         string
	Ports        []string // numbers or services, in the order in which they are tried
	Source       netio.Source
	SourceHost   string // a name to look up for Source's address, or ""
	Timeout      time.Duration
	AttemptDelay time.Duration // negative: one address after another
	Wait         time.Duration
	Scan         bool
	AtOnce       bool // of a scan: try many ports at the same time
	Random       bool // try the ports in random order
	Proxy        *proxy
	PassFD       bool          // hand the descriptor to who reads stdout, and end
	SourcePath   string        // of a Unix socket of our own
	Probe        string        // what UDP asks for a sign of life with, before anything else; "" is not at all
	ProbeWait    time.Duration // for how long; 0: udpProbes
	NeedAnswer   bool          // a probe without an answer is a failure
}

func (f *connectFlags) job(env *Env) (Job, error) {
	common, err := f.sessionJob()
	if err != nil {
		return nil, err
	}
	kind, target, err := parseAddress(f.Address, common.Kind, false, f.target)
	if err != nil {
		return nil, err
	}
	common.Kind = kind
	ports, err := f.ports(kind, target)
	if err != nil {
		return nil, err
	}
	job := &connectJob{sessionJob: common, Host: target.Host, Ports: ports, Random: f.Random, PassFD: f.PassFd, Scan: f.Scan,
		Wait: time.Duration(f.Wait), Source: source(f.Source, f.SourcePort), Timeout: time.Duration(f.ConnectTimeout)}
	if job.Timeout == 0 {
		job.Timeout = time.Duration(f.Timeout)
	}
	if job.Kind.isPackets() && f.Linger == 0 { // a datagram has no end to wait for, but it may have an answer
		job.Session.Linger = packetLinger
	}
	if f.Proxy != "" {
		if job.Kind != kindTCP {
			return nil, fmt.Errorf("--proxy is for TCP only")
		}
		if job.Proxy, err = parseProxy(f.Proxy, env.Getenv("GNC_PROXY_AUTH")); err != nil {
			return nil, err
		}
	}
	job.AtOnce = job.Scan && job.Kind == kindTCP && len(job.Ports) > 1 && job.Wait == 0 && job.Proxy == nil
	if job.Scan && job.Kind == kindUDP {
		job.Probe, job.NeedAnswer, job.ProbeWait = "\x00", true, job.Timeout
	}
	if f.AttemptDelay != nil {
		job.AttemptDelay = time.Duration(*f.AttemptDelay)
		if job.AttemptDelay < netio.MinAttemptDelay || job.AttemptDelay > netio.MaxAttemptDelay {
			return nil, fmt.Errorf("--attempt-delay %v is not within 10ms and 2s", job.AttemptDelay)
		}
	}
	return job, nil
}

// target reads the address; with --scan the first port of several.
func (f *connectFlags) target(words []string) (netio.Target, error) {
	if f.Scan && len(words) > 2 {
		words = words[:2]
	}
	return connectTarget(words)
}

// ports are all that are to be tried: one, or with --scan those of lists and ranges.
func (f *connectFlags) ports(k kind, target netio.Target) ([]string, error) {
	if !f.Scan || k.byName() || len(f.Address) < 3 && !strings.Contains(target.Port, "-") {
		return []string{target.Port}, nil
	}
	words := []string{target.Port}
	if len(f.Address) > 2 {
		words = f.Address[1:]
	}
	var all []string
	for _, word := range words {
		ports, err := parsePorts(word)
		if err != nil {
			return nil, err
		}
		all = append(all, ports...)
	}
	return all, nil
}

// packetLinger is how long answers to datagrams are waited for after the end of stdin, unless told.
const packetLinger = 3 * time.Second

// connectTarget reads HOST PORT in either form. The port may be a range, for a scan.
func connectTarget(words []string) (t netio.Target, err error) {
	switch len(words) {
	case 0:
		return t, errors.New("no address; write HOST PORT")
	case 1:
		if t, err = netio.ParseTarget(words[0]); err == nil && t.Host == "" {
			t.Host = "localhost"
		}
	case 2:
		if t = netio.PairTarget(words[0], words[1]); t.Host == "" {
			err = errors.New("the host is empty")
		}
	default:
		err = fmt.Errorf("%d words do not make one address; write HOST PORT", len(words))
	}
	if err == nil {
		err = checkPort(t.Port, 1)
	}
	return t, err
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
		c := &connecting{task: t, job: j, ports: slices.Clone(j.Ports)}
		begin := c.next
		if j.AtOnce {
			begin = c.scan
		}
		if j.Random {
			rand.Shuffle(len(c.ports), func(i, k int) { c.ports[i], c.ports[k] = c.ports[k], c.ports[i] })
		}
		t.withMD5Key(&j.sessionJob, func() {
			t.withCaptures(&j.sessionJob, func() {
				c.source(func() { c.password(func() { c.voice.begin(t, j, begin) }) })
			})
		})
		return nil
	})
}

// connecting is the task of a connectJob: for each port a lookup and a race, again and again with --wait, then what is
// to be done with the connection.
type connecting struct {
	*task
	job   *connectJob
	ports []string // not tried yet
	port  string   // being tried
	begin time.Time
	tries int
	any   bool  // a port has answered
	err   error // why the last port that did not answer did not
}

// Pauses between the tries of --wait: short at first, because what is waited for is often just starting.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 500 * time.Millisecond
)

// source looks up the source address, if it is a name, then goes on with next.
func (c *connecting) source(next func()) {
	if c.job.SourceHost == "" {
		next()
		return
	}
	q := query{Target: netio.Target{Host: c.job.SourceHost, Port: "0"}, network: c.job.Network, numeric: c.job.Numeric}
	var failed error
	c.lookup(c.ctx, q, func(b netio.Batch, last bool) {
		if b.Err != nil {
			failed = b.Err
		}
		for _, a := range b.Addrs {
			if a.Addr().Is4() {
				c.job.Source.Addr4 = a.Addr()
			} else {
				c.job.Source.Addr6 = a.Addr()
			}
		}
		switch {
		case !last:
		case failed != nil:
			c.end(failed)
		default:
			next()
		}
	})
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
	if c.job.Kind.isUnix() {
		c.tryUnix()
		return
	}
	if c.job.Kind == kindVsock {
		c.tryVsock()
		return
	}
	ctx, stopLookup := context.WithCancel(c.ctx)
	race := netio.NewRace(c.loop, c.job.race(c.task, c.tries == 0), func(conn *netio.Conn, addr netip.AddrPort, err error) {
		stopLookup()
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
	q := query{Target: netio.Target{Host: c.job.Host, Port: c.port}, network: c.job.Network, numeric: c.job.Numeric,
		datagram: c.job.Kind == kindUDP}
	if p := c.job.Proxy; p != nil {
		q.Target = p.Target
	}
	c.lookup(ctx, q, func(b netio.Batch, last bool) {
		if b.Err != nil {
			b.Err = &targetError{host: q.Host, port: q.Port, numeric: q.numeric, Err: b.Err}
		}
		race.Add(b, last)
	})
}

// race is the rules of a race, which tells the task what happens.
func (j *connectJob) race(t *task, first bool) netio.RaceOptions {
	return netio.RaceOptions{
		Packets: j.Kind == kindUDP, Socket: j.Socket,
		Source: j.Source, Timeout: j.Timeout, AttemptDelay: j.AttemptDelay, Sort: resolve.New().Sort,
		OnAttempt: func(a netip.AddrPort) {
			t.voice.attempt(t, a, first)
			t.event("connecting", "address", a.String())
		},
		OnFailure: func(e *netio.DialError) { t.voice.refused(t, j, e, first) },
	}
}

// targetError is a lookup that failed, with what was asked for.
type targetError struct {
	host, port string
	numeric    bool // no lookup was allowed
	Err        error
}

func (e *targetError) Error() string { return e.Err.Error() }
func (e *targetError) Unwrap() error { return e.Err }

func (c *connecting) failed(err error) {
	left := c.job.Wait - c.env.Now().Sub(c.begin)
	switch {
	case c.ctx.Err() != nil, c.job.Wait == 0 && is[*targetError](err): // no other port's lookup would do better
		c.end(err)
		return
	case is[*proxyError](err): // which answered: to ask again would not help
		c.err = err
		if len(c.ports) > 0 {
			c.voice.verdict(c.task, err)
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

// timedOut tells of the attempts that were still under way when a race's time ran out.
func (c *connecting) timedOut(err error) {
	var race *netio.RaceError
	if errors.As(err, &race) && errors.Is(race.Err, netio.ErrConnectTimeout) {
		for _, a := range race.Pending {
			c.voice.refused(c.task, c.job, &netio.DialError{Addr: a, Err: netio.ErrConnectTimeout}, c.tries == 0)
		}
	}
}

// use does with a connection what it was made for.
func (c *connecting) use(conn *netio.Conn, addr netip.AddrPort) {
	c.any = true
	local, took := netio.LocalAddr(conn.FD()), c.env.Now().Sub(c.begin)
	c.voice.connected(c.task, c.job, c.port, addr, local, took)
	c.event("connected", "local", local.String(), "remote", addr.String(), "seconds", took.Seconds())
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
	c.onConnection(&c.job.sessionJob, conn, 1, func(err error) {
		if err != nil || c.ctx.Err() != nil {
			c.end(err)
			return
		}
		c.next()
	})
}
