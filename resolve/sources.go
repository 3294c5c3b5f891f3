package resolve

import (
	"context"
	"slices"
)

// lookupState is one lookup on its way through the sources. host and errnoSet stand for C's h_errno
// and errno. They outlive the source that set them: the lookup's error depends on the last source
// that set them.
type lookupState struct {
	r        *Resolver
	ctx      context.Context
	h        Hints
	host     hostErr
	errnoSet bool // gethostbyname2's way looks at it

	outOfMemory bool // a file can't be read for want of it

	// early, if set, takes addresses of one family while the source still looks for the other. It
	// is set only while no later step can withdraw them.
	early func(sourceResult)

	// unanswered are the families that a name server was asked for without an answer. A later
	// source does not shorten the list: it may have been asked only because the name server failed.
	unanswered []int

	dns   dnsSource
	files fileSource
	my    myHostname
}

// nameSource answers for a word of nsswitch.conf's hosts line.
type nameSource interface {
	// both looks for the addresses of both families.
	both(name string) (status, sourceResult)
	// one looks for the addresses of one family. checked asks for the check of names that
	// gethostbyname2 makes, and that its variant with a canonical name does not make.
	one(name string, family int, checked bool) (status, sourceResult)
}

func (r *Resolver) newLookup(ctx context.Context, h Hints) *lookupState {
	l := &lookupState{r: r, ctx: ctx, h: h}
	l.dns.l, l.files.l, l.my.l = l, l, l
	return l
}

// noteUnanswered notes that a question for addresses was not answered.
func (l *lookupState) noteUnanswered(t rrType) {
	family := INET
	if t == typeAAAA {
		family = INET6
	}
	if !slices.Contains(l.unanswered, family) {
		l.unanswered = append(l.unanswered, family)
	}
}

// over reports whether no further source may be asked.
func (l *lookupState) over() bool { return l.outOfMemory || l.ctx.Err() != nil }

// source gives the source called name, or nil if its module is not installed.
func (l *lookupState) source(name string) nameSource {
	switch name {
	case "files":
		return &l.files
	case "dns":
		return &l.dns
	case "myhostname":
		if l.r.installed(name) {
			return &l.my
		}
	case "mdns", "mdns4", "mdns6", "mdns_minimal", "mdns4_minimal", "mdns6_minimal", "resolve",
		"mymachines":
		if l.r.installed(name) {
			return absentDaemon{l}
		}
	}
	return nil
}

// absentDaemon is a source whose daemon does not run here. It is unavailable for every name, so
// "[NOTFOUND=return]" after it does not end the lookup.
type absentDaemon struct{ l *lookupState }

func (a absentDaemon) both(string) (status, sourceResult) {
	a.l.host, a.l.errnoSet = hostNoRecovery, true
	return statusUnavail, sourceResult{}
}

func (a absentDaemon) one(name string, _ int, _ bool) (status, sourceResult) {
	return a.both(name)
}

// hostEntry is the name service's answer for a name, as C's struct hostent is.
type hostEntry struct {
	tuples  []tuple
	canon   string // "" if no source gave one
	gotIPv6 bool   // IPv6 addresses were looked for and found last
}

// add appends a source's addresses of one family. For INET6, IPv4 addresses are mapped.
func (f *hostEntry) add(res sourceResult, family, wanted int) {
	if len(res.tuples) == 0 {
		return
	}
	f.gotIPv6 = family == INET6
	for _, t := range res.tuples {
		if family == INET && wanted == INET6 {
			t.addr, t.family = mapped(t.addr), INET6
		}
		f.tuples = append(f.tuples, t)
	}
}

// addresses looks a name up in the sources of nsswitch.conf.
func (l *lookupState) addresses(name string) (hostEntry, int) {
	defer func() {
		if l.dns.x != nil {
			l.dns.x.close()
		}
	}()
	modules, ok := l.r.nssDatabase("hosts", "files", "dns")
	if l.h.Family == INET && l.h.Flags&CanonName == 0 {
		return l.gethostbyname2(name, modules, ok)
	}
	return l.bySources(name, modules, ok)
}

// bySources is getaddrinfo's own way through the sources.
func (l *lookupState) bySources(name string, modules []nssModule, ok bool) (hostEntry, int) {
	if !ok {
		return hostEntry{}, EAINoName
	}
	s := sourceWalk{lookupState: l, verdict: statusUnavail, verdict6: statusUnavail}
	if len(modules) == 0 {
		// glibc calls its way into the end of an empty list.
		return hostEntry{}, EAISystem
	}
	for _, m := range modules {
		s.found = hostEntry{}
		if s.merge {
			l.host = hostInternal
			break
		}
		s.noData = 0
		if code := s.try(m, name); code != 0 {
			return hostEntry{}, code
		}
		act := m.actions[s.verdict]
		if act == actionReturn || l.over() {
			break
		}
		s.merge = act == actionMerge
	}
	return s.result()
}

// sourceWalk is the state of bySources.
type sourceWalk struct {
	*lookupState
	found    hostEntry
	verdict  status
	verdict6 status
	noData   int // for the last family asked for: 1, or EAIAgain
	noData6  int // for IPv6
	merge    bool
}

// result is the answer, or the error, after the last source.
func (s *sourceWalk) result() (hostEntry, int) {
	switch {
	case s.outOfMemory:
		return hostEntry{}, EAIMemory
	case (s.verdict == statusTryAgain || s.verdict == statusUnavail) && s.host == hostInternal:
		return hostEntry{}, EAISystem
	case s.noData == EAIAgain && s.noData6 == EAIAgain:
		return hostEntry{}, EAIAgain
	case s.noData != 0 && s.noData6 != 0:
		return hostEntry{}, EAINoData
	case len(s.found.tuples) == 0:
		return hostEntry{}, EAINoName
	}
	return s.found, 0
}

// absence is the value that a source's failure gives to noData.
func (s *sourceWalk) absence() int {
	switch s.host {
	case hostTryAgain:
		return EAIAgain
	case hostNoData:
		return 1
	}
	return 0
}

// try asks one source. code is an error that ends the walk.
func (s *sourceWalk) try(m nssModule, name string) (code int) {
	source := s.source(m.name)
	switch {
	case source == nil:
		s.verdict = statusUnavail
		s.host = hostInternal
	case s.h.Family == Unspec:
		s.tryBoth(m, source, name)
	default:
		code = s.tryOne(source, name)
	}
	s.r.trace(Step{Source: m.name, Outcome: s.verdict.String()})
	return code
}

// tryBoth asks a source for both families at once.
func (s *sourceWalk) tryBoth(m nssModule, source nameSource, name string) {
	early := s.lookupState.early
	if m.actions[statusSuccess] != actionReturn {
		s.lookupState.early = nil
	}
	var res sourceResult
	s.verdict, res = source.both(name)
	s.lookupState.early = early
	if s.verdict == statusSuccess {
		s.found.tuples, s.found.canon = res.tuples, res.canon
	} else {
		s.noData = s.absence()
	}
	s.noData6 = s.noData
}

// tryOne asks a source for one family. For INET6 with V4Mapped it also asks for IPv4, if there is
// no IPv6 address or if all are wanted.
func (s *sourceWalk) tryOne(source nameSource, name string) int {
	if s.h.Family == INET6 {
		if code := s.family(source, name, INET6); code != 0 {
			return code
		}
		s.noData6, s.verdict6 = s.noData, s.verdict
	}
	if s.h.Family == INET || s.h.Flags&V4Mapped != 0 && (s.h.Flags&All != 0 || !s.found.gotIPv6) {
		if code := s.family(source, name, INET); code != 0 {
			return code
		}
		if s.h.Family == INET {
			s.noData6, s.verdict6 = s.noData, s.verdict
		}
	}
	switch {
	case s.verdict6 == statusSuccess || s.verdict == statusSuccess:
		if s.found.canon == "" {
			s.found.canon = name
		}
		s.verdict = statusSuccess
	case s.verdict6 == statusTryAgain:
		s.verdict = statusTryAgain
	case s.verdict == statusUnavail && s.verdict6 != statusUnavail:
		s.verdict = s.verdict6
	}
	return 0
}

// family asks a source for the addresses of one family.
func (s *sourceWalk) family(source nameSource, name string, family int) int {
	s.noData = 0
	var res sourceResult
	s.verdict, res = source.one(name, family, s.h.Flags&CanonName == 0)
	if s.verdict != statusSuccess {
		if s.host == hostInternal {
			return EAISystem
		}
		s.noData = s.absence()
		return 0
	}
	s.found.add(res, family, s.h.Family)
	if s.found.canon == "" && s.h.Flags&CanonName != 0 {
		s.found.canon = res.canon
	}
	return 0
}
