package resolve

import (
	"errors"
	"io"
	"net/netip"
)

const hostsPath = "/etc/hosts"

// fileSource is the "files" of nsswitch.conf. It reads /etc/hosts anew for each question, as glibc
// does, and never holds the whole file in memory.
type fileSource struct {
	l     *lookupState
	ready bool
	conf  hostConfig
}

// hostConf gives host.conf, which is read once for a lookup.
func (s *fileSource) hostConf() hostConfig {
	if !s.ready {
		s.ready, s.conf = true, s.l.r.hostConf()
	}
	return s.conf
}

// each calls f for the lines of /etc/hosts. It is false, and the source unavailable, if the file is
// missing or can't be read.
func (s *fileSource) each(wanted func([]byte) bool, f func(hostLine) bool) bool {
	err := s.l.r.read(hostsPath, func(in io.Reader) error { return eachHost(in, wanted, f) })
	if err == nil {
		return true
	}
	s.l.errnoSet = true
	s.l.outOfMemory = errors.Is(err, errLongLine)
	return false
}

// both gives the addresses of every matching line. Without "multi on" in host.conf it gives those
// of the first line only.
func (s *fileSource) both(name string) (status, sourceResult) {
	verdict, res := s.match(name, Unspec)
	if verdict != statusSuccess {
		s.l.host = hostNotFound
	}
	return verdict, res
}

// one does the same for one family; lines of the other do not count. A missing file leaves h_errno
// as it was.
func (s *fileSource) one(name string, family int, _ bool) (status, sourceResult) {
	verdict, res := s.match(name, family)
	if verdict == statusNotFound {
		s.l.host = hostNotFound
	}
	return verdict, res
}

// match looks through the file.
func (s *fileSource) match(name string, family int) (status, sourceResult) {
	var res sourceResult
	ok := s.each(newWordFinder(name).in, func(h hostLine) bool {
		addr, ok := h.as(family)
		if !ok || !h.named(name) {
			return true
		}
		origin := &Origin{Source: FromFiles, File: hostsPath, Line: h.number}
		t := tuple{family: INET, addr: addr, origin: origin}
		if addr.Is6() {
			t.family = INET6
		}
		if len(res.tuples) == 0 {
			res.canon = h.name
		}
		res.tuples = append(res.tuples, t)
		return s.hostConf().multi
	})
	switch {
	case !ok:
		return statusUnavail, sourceResult{}
	case len(res.tuples) == 0:
		return statusNotFound, res
	}
	return statusSuccess, res
}

// ownSubnetFirst brings the first address that is in a subnet of this machine to the front, as
// host.conf's "reorder on" asks.
func (r *Resolver) ownSubnetFirst(list []tuple) {
	if len(list) < 2 {
		return
	}
	own, err := r.interfaces().Addresses()
	if err != nil {
		return
	}
	for i, t := range list {
		for _, a := range own {
			if a.Local.Is4() && netip.PrefixFrom(a.Local, a.Bits).Contains(t.addr) {
				list[0], list[i] = list[i], list[0]
				return
			}
		}
	}
}
