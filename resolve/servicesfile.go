package resolve

import (
	"bytes"
	"io"
	"math"
	"slices"
	"strings"
)

// Service is an entry of /etc/services.
type Service struct {
	Name     string
	Port     int // 0..65535
	Protocol string
	Aliases  []string
}

// eachService calls f for each entry of a services file until f returns false. An entry has a name,
// a port "/" protocol, and aliases. The port is a C number cut to 16 bits. An entry without a
// protocol has an empty one, which no protocol matches. It may skip lines that wanted refuses.
func eachService(in io.Reader, wanted func([]byte) bool, f func(Service) bool) error {
	return lineReader{in: in, wanted: wanted}.each(func(l line) bool {
		s, ok := databaseLine(l)
		if !ok {
			return true
		}
		var e Service
		e.Name, s = field(s)
		n, rest, overflow := strtoul(s, 0)
		if overflow || n > math.MaxUint32 || len(rest) == len(s) {
			return true
		}
		e.Port = int(n & 0xffff)
		if rest != "" && rest[0] != '/' {
			return true
		}
		e.Protocol, rest = field(strings.TrimLeft(rest, "/"))
		e.Aliases = fields(rest)
		return f(e)
	})
}

// called reports whether name is the entry's name or alias. Case counts.
func (e Service) called(name string) bool {
	return e.Name == name || slices.Contains(e.Aliases, name)
}

// services looks services up for one lookup. It reads nsswitch.conf once, for the first name.
type services struct {
	r       *Resolver
	ready   bool
	sources []nssModule
}

// find gives the first entry that matches, from the sources of nsswitch.conf. Lines that wanted
// refuses may be skipped. Only "files" is a source here: a common system has no database for "db".
func (s *services) find(wanted func([]byte) bool, match func(Service) bool) (Service, bool) {
	if !s.ready {
		s.ready = true
		s.sources, _ = s.r.nssDatabase("services", "files")
	}
	var entry Service
	verdict := statusUnavail
	pending := false // an answer is waiting to be merged with the next one
	for _, m := range s.sources {
		if m.name != "files" {
			if m.actions[statusUnavail] == actionReturn {
				break
			}
			continue
		}
		entry, verdict = s.inFile(wanted, match)
		if pending && verdict == statusSuccess {
			// Services can't be merged: that is an error.
			verdict = statusUnavail
		} else if verdict == statusSuccess && m.actions[verdict] == actionMerge {
			verdict, pending = statusUnavail, true
		}
		if m.actions[verdict] == actionReturn {
			break
		}
	}
	return entry, verdict == statusSuccess
}

// inFile looks through /etc/services.
func (s *services) inFile(wanted func([]byte) bool, match func(Service) bool) (Service, status) {
	var entry Service
	verdict := statusNotFound
	err := s.r.eachService(wanted, func(e Service) bool {
		if match(e) {
			entry, verdict = e, statusSuccess
		}
		return verdict != statusSuccess
	})
	if err != nil {
		return Service{}, statusUnavail
	}
	return entry, verdict
}

// ServiceByName finds a service by its name or an alias. An empty protocol stands for any.
func (r *Resolver) ServiceByName(name, protocol string) (Service, bool) {
	s := services{r: r}
	return s.byName(name, protocol)
}

// ServiceByPort finds the first service with a port. An empty protocol stands for any.
func (r *Resolver) ServiceByPort(port int, protocol string) (Service, bool) {
	s := services{r: r}
	return s.find(nil, func(e Service) bool {
		return e.Port == port && (protocol == "" || e.Protocol == protocol)
	})
}

func (r *Resolver) eachService(wanted func([]byte) bool, f func(Service) bool) error {
	return r.read("/etc/services", func(in io.Reader) error { return eachService(in, wanted, f) })
}

func (s *services) byName(name, protocol string) (Service, bool) {
	wanted := func(text []byte) bool { return bytes.Contains(text, []byte(name)) }
	return s.find(wanted, func(e Service) bool {
		return (protocol == "" || e.Protocol == protocol) && e.called(name)
	})
}
