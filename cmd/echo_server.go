package cmd

import (
	"context"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
	"gnc/netio"
)

// echoServer is one of an echo job's servers: a loop, and what it serves. Its methods belong to that loop.
type echoServer struct {
	*echoing
	loop    *netio.Loop
	index   uint32 // among the servers
	addrs   []netip.AddrPort
	stream  *netio.Echo
	packets *netio.PacketEcho
}

// serve binds the addresses and begins.
func (s *echoServer) serve(addrs []netip.AddrPort) (err error) {
	j := s.job
	o := netio.ListenOptions{
		Backlog:   j.Backlog,
		DualStack: j.Target.Host == "" && j.Network == "ip",
		ReusePort: j.Loops > 1,
		OnStarved: func(err error) { s.report(func() { s.say(0, "accepting has to wait: %v", err) }) },
		OnFailure: s.fatal,
	}
	s.bound = targetName(j.Kind, j.Target)
	if j.Kind.isPackets() {
		s.packets, err = s.bindPackets(addrs, o)
		return err
	}
	ln, err := s.bindStream(addrs, o)
	if err != nil {
		return err
	}
	s.stream, err = netio.NewEcho(ln, s.options())
	return err
}

func (s *echoServer) bindPackets(addrs []netip.AddrPort, o netio.ListenOptions) (*netio.PacketEcho, error) {
	if sockets := s.job.Inherited; len(sockets) > 0 {
		s.addrs = inheritedAddrs(sockets)
		return netio.InheritPacketEcho(s.loop, sockets, s.fatal)
	}
	if s.job.Kind.isUnix() {
		return netio.NewUnixPacketEcho(s.loop, s.job.Target.Host, s.fatal)
	}
	p, err := netio.NewPacketEcho(s.loop, addrs, o, s.fatal)
	if err == nil {
		s.addrs = p.Addrs()
	}
	return p, err
}

func (s *echoServer) bindStream(addrs []netip.AddrPort, o netio.ListenOptions) (*netio.Listener, error) {
	if sockets := s.job.Inherited; len(sockets) > 0 {
		s.addrs = inheritedAddrs(sockets)
		return s.loop.InheritListener(sockets, o), nil
	}
	if s.job.Kind.isUnix() {
		return s.loop.ListenUnix(s.job.Target.Host, o)
	}
	if s.job.Kind == kindVsock {
		ln, err := s.loop.ListenVsock(vsockOf(s.job.Target, true), o)
		if err == nil {
			s.bound, s.boundPort = ln.Vsock().String(), ln.Vsock().Port
		}
		return ln, err
	}
	ln, err := s.loop.Listen(addrs, o)
	if err == nil {
		s.addrs = ln.Addrs()
	}
	return ln, err
}

// options are the job's, for one of its loops: a bound on all connections is shared out, and so is what select(2) can
// wait for at most.
func (s *echoServer) options() netio.EchoOptions {
	o := s.job.Options
	if most := mux.Limit(s.job.Mux); most > 0 {
		room := max(most-lowestFree(), 1)
		if o.MaxConns == 0 || o.MaxConns > room {
			o.MaxConns = room
		}
	}
	if o.MaxConns > 0 {
		o.MaxConns = max(o.MaxConns/s.job.Loops, 1)
	}
	if s.verbose > 0 || s.format != "" {
		s.listenIn(&o)
	}
	return o
}

// lowestFree is the descriptor that the next one opened will be.
func lowestFree() int {
	fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return reserved
	}
	unix.Close(fd)
	return fd
}

// listenIn has each connection told of.
func (s *echoServer) listenIn(o *netio.EchoOptions) {
	begun := make(map[uint32]time.Time)
	o.OnAccept = func(id uint32, c *netio.Conn, from netip.AddrPort) {
		local := netio.LocalAddr(c.FD())
		begun[id] = s.loop.Now()
		id = s.unique(id)
		s.report(func() {
			s.say(1, "accepted %s on %s", from, local)
			s.event("accepted", "id", id, "local", endpoint(local, s.bound), "remote", endpoint(from, ""))
		})
	}
	o.OnClose = func(id uint32, c *netio.Conn, moved int64, err error) {
		reason, seconds := endReason(err), time.Since(begun[id]).Seconds()
		delete(begun, id)
		id = s.unique(id)
		s.report(func() {
			s.say(1, "closed %d: echoed %d bytes: %s", id, moved, reason)
			s.event("closed", "id", id, "sent", moved, "received", moved, "seconds", seconds, "reason", reason)
		})
	}
}

// unique makes an id that no other loop has of one that counts this loop's connections from 1.
func (s *echoServer) unique(id uint32) uint32 {
	return (id-1)*uint32(s.job.Loops) + s.index + 1
}

// report has the first loop, whose reporter it is, tell something.
func (s *echoServer) report(tell func()) {
	if s.loop == s.echoing.loop {
		tell()
	} else {
		s.echoing.loop.Post(tell)
	}
}

// run is the goroutine of every loop but the first.
func (s *echoServer) run() {
	if err := s.loop.Run(context.Background()); err != nil {
		s.fatal(err)
	}
	s.loop.Release()
}

// stop ends the service in order, and the loop if it is not the first.
func (s *echoServer) stop(linger time.Duration) {
	done := func() {
		s.report(s.ended)
		if s.loop != s.echoing.loop {
			s.loop.Stop()
		}
	}
	if s.packets != nil {
		s.packets.Close()
		done()
		return
	}
	s.stream.Stop(linger, done)
}

// fatal ends the whole job.
func (s *echoServer) fatal(err error) { s.report(func() { s.end(err) }) }

func (s *echoServer) totals() netio.EchoTotals {
	if s.packets != nil {
		return s.packets.Totals
	}
	return s.stream.Totals
}
