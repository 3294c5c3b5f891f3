package job

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"gnc/netio"
	"gnc/netio/address"
	"gnc/netio/sock"
	"gnc/resolve"
)

// scansAtOnce bounds the ports that are tried at the same time.
const scansAtOnce = 64

// scanError is a scan in which no port answered.
type scanError struct {
	ports int
	Err   error // what the last one met
}

func (e *scanError) Error() string {
	return fmt.Sprintf("none of %d ports answered; the last: %v", e.ports, e.Err)
}
func (e *scanError) Unwrap() error { return e.Err }

// scanning tries many ports at once.
type scanning struct {
	*connecting
	addrs  []netip.AddrPort
	races  map[*netio.Race]bool
	atOnce int   // races, at most
	failed error // what the last port without an answer met
	short  error // what this machine lacked for a port, which is tried again
	ended  bool  // a race has, since more began the last ones
	due    bool  // more is
	over   bool
}

// scan looks the host up once, then tries all ports, a few at a time.
func (c *connecting) scan() {
	s := &scanning{connecting: c, races: map[*netio.Race]bool{}, atOnce: scansAtOnce}
	q := query{Target: address.Target{Host: c.job.Host, Port: c.ports[0]}, network: c.job.Network, numeric: c.job.Numeric}
	c.lookupAll(q, func(addrs []netip.AddrPort, err error) {
		s.failed = err
		if len(addrs) == 0 {
			c.end(&TargetError{Host: q.Host, Port: q.Port, Numeric: q.numeric, Err: err})
			return
		}
		s.addrs = resolve.New().Sort(addrs) // once for all ports
		c.cancel = s.stop
		s.more()
	})
}

// more begins races until enough are under way, and ends the scan after the last. A shortage of
// descriptors says nothing of a port: fewer races are under way from then on. Without any, nobody
// would give a descriptor back.
func (s *scanning) more() {
	freed := s.ended
	s.due, s.ended = false, false
	for s.short == nil && len(s.races) < s.atOnce && len(s.ports) > 0 {
		s.race(s.ports[0])
	}
	short := s.short
	s.short = nil
	switch {
	case short != nil && freed: // what has ended is closed at the end of this batch of the loop
		s.later()
	case short != nil && len(s.races) > 0:
		s.atOnce = len(s.races)
	case short != nil:
		s.end(short)
	case len(s.races) > 0:
	case s.any:
		s.end(nil)
	default:
		s.end(&scanError{len(s.job.Ports), s.failed})
	}
}

// later has more run soon.
func (s *scanning) later() {
	if !s.due && !s.over {
		s.due = true
		s.loop.Post(s.more)
	}
}

// race begins a race for a port.
func (s *scanning) race(port string) {
	s.ports = s.ports[1:]
	begin := s.env.Now()
	var race *netio.Race
	race = netio.NewRace(s.loop, s.rules(), func(conn *netio.Conn, addr netip.AddrPort, err error) {
		delete(s.races, race)
		s.raced(port, begin, conn, addr, err)
		s.later()
	})
	s.races[race] = true
	race.Add(netio.Batch{Addrs: s.addresses(port)}, true)
}

// rules are those of a connection's race, but for what a scan does once for all ports or again.
func (s *scanning) rules() netio.RaceOptions {
	o := s.connecting.race(true)
	o.Sort = nil
	refused := o.OnFailure
	o.OnFailure = func(e *netio.DialError) {
		if !sock.IsShortage(e) {
			refused(e)
		}
	}
	return o
}

// addresses are those of the host, with a port.
func (s *scanning) addresses(port string) []netip.AddrPort {
	number, err := strconv.Atoi(port) // names are numbers by now
	if err != nil {
		panic("job: port " + port + " in a list of ports")
	}
	addrs := make([]netip.AddrPort, len(s.addrs))
	for i, a := range s.addrs {
		addrs[i] = netip.AddrPortFrom(a.Addr(), uint16(number))
	}
	return addrs
}

// raced takes note of how the race for a port ended.
func (s *scanning) raced(port string, begin time.Time, conn *netio.Conn, addr netip.AddrPort, err error) {
	if sock.IsShortage(err) {
		s.short, s.ports = err, slices.Insert(s.ports, 0, port)
		return
	}
	s.ended = true
	if err != nil {
		s.failed = err
		return
	}
	s.connected(conn, port, addr, begin)
	conn.Close()
}

func (s *scanning) stop(err error) {
	s.over = true
	for race := range s.races {
		race.Cancel(err)
	}
	s.end(err)
}
