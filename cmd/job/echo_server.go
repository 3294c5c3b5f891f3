package job

import (
	"context"
	"net/netip"
	"time"

	"gnc/netio"
	"gnc/netio/sock"
)

// echoServer is one of an echo job's servers: a loop, and what it serves. Its methods belong to
// that loop.
type echoServer struct {
	*echoing
	loop    *netio.Loop
	index   uint32 // among the servers
	addrs   []netip.AddrPort
	backlog *netio.Listener // of a stream
	stream  *netio.Echo
	packets *netio.PacketEcho
}

// bind takes the addresses. Clients of a stream wait in the backlog until serve.
func (s *echoServer) bind(addrs []netip.AddrPort) (err error) {
	j := s.job
	o := netio.ListenOptions{
		BindOptions: sock.BindOptions{Backlog: j.Backlog, ReusePort: j.Loops > 1,
			DualStack: j.Target.Host == "" && j.Network == "ip"},
		OnStarved: func(err error) { s.report(func() { s.say(0, "accepting has to wait: %v", err) }) },
		OnFailure: s.fatal,
	}
	o.Socket.NoticeVanished = j.Kind == TCP
	s.bound = targetName(j.Kind, j.Target)
	if j.Kind.IsPackets() {
		s.packets, err = s.bindPackets(addrs, o)
		return err
	}
	s.backlog, s.addrs, err = listenStream(s.loop, j.Kind, j.Target, j.Inherited, addrs, o)
	if err == nil && j.Kind == Vsock {
		s.bound, s.boundPort = s.backlog.Vsock().String(), s.backlog.Vsock().Port
	}
	return err
}

// serve begins, with so many connections at a time at most; 0 is no bound.
func (s *echoServer) serve(maxConns int) (err error) {
	if s.backlog == nil {
		return nil
	}
	o := s.job.Options
	o.MaxConns, o.Presence = maxConns, s.present
	if s.Verbose > 0 || s.Format != "" {
		s.listenIn(&o)
	}
	s.stream, err = netio.NewEcho(s.backlog, o)
	return err
}

func (s *echoServer) bindPackets(addrs []netip.AddrPort, o netio.ListenOptions) (*netio.PacketEcho, error) {
	if sockets := s.job.Inherited; len(sockets) > 0 {
		s.addrs = inheritedAddrs(sockets)
		return netio.InheritPacketEcho(s.loop, sockets, s.fatal)
	}
	if s.job.Kind.IsUnix() {
		return netio.NewUnixPacketEcho(s.loop, s.job.Target.Host, s.fatal)
	}
	p, err := netio.NewPacketEcho(s.loop, addrs, o, s.fatal)
	if err == nil {
		s.addrs = p.Addrs()
	}
	return p, err
}

// listenIn has each connection reported.
func (s *echoServer) listenIn(o *netio.EchoOptions) {
	begun := make(map[uint32]time.Time)
	o.OnAccept = func(id uint32, c *netio.Conn, from netip.AddrPort) {
		local := sock.LocalAddr(c.FD())
		begun[id] = s.loop.Now()
		id = s.unique(id)
		s.report(func() {
			s.say(1, "accepted %s on %s", endpoint(from, "a client"), endpoint(local, s.bound))
			s.event("accepted", "id", id, "local", endpoint(local, s.bound), "remote", endpoint(from, ""))
		})
	}
	o.OnClose = func(id uint32, c *netio.Conn, received, sent int64, err error) {
		reason, seconds := endReason(err), time.Since(begun[id]).Seconds()
		delete(begun, id)
		id = s.unique(id)
		s.report(func() {
			s.say(1, "closed %d: echoed %d bytes: %s", id, sent, reason)
			s.event("closed", "id", id, "sent", sent, "received", received, "seconds", seconds, "reason", reason)
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
