package resolve

import "net/netip"

const hostsPath = "/etc/hosts"

// fileSource is the "files" of nsswitch.conf. It reads the files once for a
// lookup.
type fileSource struct {
	l     *lookupState
	ready bool
	found bool
	text  string
	conf  hostConfig
}

// open reads /etc/hosts. Without the file the source is unavailable.
func (s *fileSource) open() bool {
	if !s.ready {
		s.ready = true
		s.text, s.found = s.l.r.readFile(hostsPath)
		s.conf = s.l.r.hostConf()
	}
	if !s.found {
		s.l.errno = errnoSet
	}
	return s.found
}

// both gives the addresses of every matching line, or of the first alone
// unless host.conf says "multi on".
func (s *fileSource) both(name string) (status, sourceResult) {
	if !s.open() {
		s.l.host = hostNotFound
		return statusUnavail, sourceResult{}
	}
	return s.match(name, Unspec)
}

// one does the same for one family. Lines of the other one do not count. The
// verdict on a missing file leaves h_errno as it was.
func (s *fileSource) one(name string, family int, checked bool) (status, sourceResult) {
	if !s.open() {
		return statusUnavail, sourceResult{}
	}
	verdict, res := s.match(name, family)
	if checked && family == INET && s.conf.reorder && s.l.h.Family == INET {
		s.l.r.ownSubnetFirst(res.tuples)
	}
	return verdict, res
}

// match looks through the file.
func (s *fileSource) match(name string, family int) (status, sourceResult) {
	var res sourceResult
	eachHost(s.text, func(h hostLine) bool {
		addr, ok := h.as(family)
		if !ok || !h.named(name) {
			return true
		}
		t := tuple{family: INET, addr: addr, origin: &Origin{Source: FromFiles, File: hostsPath, Line: h.number}}
		if addr.Is6() {
			t.family = INET6
		}
		if len(res.tuples) == 0 {
			res.canon = h.name
		}
		res.tuples = append(res.tuples, t)
		return s.conf.multi
	})
	if len(res.tuples) == 0 {
		s.l.host = hostNotFound
		return statusNotFound, res
	}
	return statusSuccess, res
}

// ownSubnetFirst brings the first address of a subnet of ours to the front, as
// host.conf's "reorder on" asks for.
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
