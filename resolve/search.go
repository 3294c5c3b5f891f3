package resolve

import (
	"io"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// hostErr is a resolver's verdict, as <netdb.h>'s h_errno has it.
type hostErr int

const (
	hostInternal    hostErr = -1 // NETDB_INTERNAL
	hostOK          hostErr = 0
	hostNotFound    hostErr = 1
	hostTryAgain    hostErr = 2
	hostNoRecovery  hostErr = 3
	hostNoData      hostErr = 4
	maxNameText             = 1025 // MAXDNAME: the longest name in text, with its NUL
	questionsAtOnce         = 2
)

// outcome is how a search ended: with answers, or with a verdict and the last state of the
// transport.
type outcome struct {
	answers   answers
	found     bool
	host      hostErr
	transport transport
}

// searcher looks one name up in the DNS for one or two types.
type searcher struct {
	*exchanger
	types      [questionsAtOnce]rrType // the second may be 0
	unanswered func(rrType)            // called for each question that was not answered; may be nil
}

// ask puts the questions about one full name.
func (s *searcher) ask(name string) outcome {
	s.rcode, s.sawQuestion = dnsmessage.RCodeSuccess, false
	wire, err := encodeName(name)
	if err != nil {
		return outcome{host: hostNoRecovery, transport: transportBroken}
	}
	if s.noAAAAInstead() {
		if s.unanswered != nil {
			s.unanswered(typeAAAA)
		}
		return s.askInstead(wire)
	}
	qs := make([]query, 0, questionsAtOnce)
	for _, t := range s.types {
		if t != 0 {
			qs = append(qs, newQuery(wire, t, s.conf))
		}
	}
	got, transport := s.send(qs)
	for _, q := range qs {
		if s.unanswered != nil && !got.complete(q.qtype) {
			s.unanswered(q.qtype)
		}
	}
	if transport != transportOK {
		return outcome{host: hostTryAgain, transport: transport}
	}
	return judge(got)
}

// complete reports whether a reply is complete for a type: its records can be read, or it says that
// there are none.
func (a answers) complete(t rrType) bool {
	for _, r := range []*reply{a.first, a.second} {
		if r != nil && r.readableQuestion && r.qtype == t {
			told := r.RCode == dnsmessage.RCodeSuccess || r.RCode == dnsmessage.RCodeNameError
			return told && readReply(r).status != statusUnavail
		}
	}
	return false
}

// judge gives the outcome of replies: found if they have answers, and otherwise why not.
func judge(got answers) outcome {
	first, second := got.first, got.second
	if first == nil {
		first = second
	}
	if second == nil {
		second = first
	}
	if first.hasAnswers() || second.hasAnswers() {
		return outcome{answers: got, found: true}
	}
	rcode := first.RCode
	if rcode == dnsmessage.RCodeSuccess {
		rcode = second.RCode
	}
	return outcome{host: verdictOf(rcode)}
}

// verdictOf is the meaning of an rcode without an answer.
func verdictOf(rcode dnsmessage.RCode) hostErr {
	switch rcode {
	case dnsmessage.RCodeSuccess:
		return hostNoData
	case dnsmessage.RCodeNameError:
		return hostNotFound
	case dnsmessage.RCodeServerFailure:
		return hostTryAgain
	}
	return hostNoRecovery
}

// noAAAAInstead reports whether a lone AAAA question is forbidden by no-aaaa.
func (s *searcher) noAAAAInstead() bool {
	return s.conf.noAAAA && s.types[0] == typeAAAA && s.types[1] == 0
}

// askInstead asks for A, to learn whether the name exists, and answers the AAAA question with
// nothing.
func (s *searcher) askInstead(name wireName) outcome {
	plain := *s.conf
	plain.edns0 = false
	got, transport := s.send([]query{newQuery(name, typeA, &plain)})
	switch {
	case transport == transportOK:
		return outcome{host: verdictOf(got.first.RCode)}
	case !s.sawQuestion:
		// glibc misses the failure if the last message had no question in it,
		// or there was none, and takes what is in its buffer for the reply.
		return outcome{host: verdictOf(s.rcode), transport: transport}
	}
	return outcome{host: hostTryAgain, transport: transport}
}

// querydomain asks for a name in a domain.
func (s *searcher) querydomain(name, domain string, last outcome) outcome {
	full := name + "." + domain
	if len(full) >= maxNameText {
		return outcome{host: hostNoRecovery, transport: last.transport}
	}
	return s.ask(full)
}

// search looks a name up along the search list. It goes on after "no such name", "no such data" and
// "server failed", and ends with the name as it is, unless that came first.
func (s *searcher) search(name string) outcome {
	last := outcome{host: hostNotFound}
	dots := strings.Count(name, ".")
	trailingDot := strings.HasSuffix(name, ".")
	if dots == 0 {
		if alias, ok := s.r.hostAlias(name); ok {
			return s.ask(alias)
		}
	}
	asIs := outcome{}
	triedAsIs := dots >= s.conf.ndots || trailingDot
	if triedAsIs {
		last = s.whole(name, last)
		if last.found || trailingDot || s.ctx.Err() != nil {
			return last
		}
		asIs = last
	}
	var walk searchWalk
	if !trailingDot {
		last = s.walk(name, last, &walk)
		if last.found || walk.over || s.ctx.Err() != nil {
			return last
		}
	}
	if (dots > 0 || !walk.searched || !s.conf.noTLDQuery) && !triedAsIs && !walk.root {
		if last = s.whole(name, last); last.found {
			return last
		}
	}
	switch {
	case triedAsIs:
		last.host = asIs.host
	case walk.noData:
		last.host = hostNoData
	case walk.serverFailed:
		last.host = hostTryAgain
	}
	return last
}

// whole asks for the name as it is.
func (s *searcher) whole(name string, last outcome) outcome {
	if name == "" || len(name) >= maxNameText {
		return outcome{host: hostNoRecovery, transport: last.transport}
	}
	return s.ask(name)
}

// searchWalk collects what the search list has shown.
type searchWalk struct {
	searched     bool // there was a list
	root         bool // the root is on it: the name was tried as it is
	noData       bool
	serverFailed bool
	over         bool // no server was reached: nothing more to try
}

// walk tries the domains of the search list in turn.
func (s *searcher) walk(name string, last outcome, w *searchWalk) outcome {
	for _, domain := range s.conf.search {
		w.searched = true
		domain = strings.TrimPrefix(domain, ".")
		w.root = w.root || domain == ""
		last = s.querydomain(name, domain, last)
		if last.found || s.ctx.Err() != nil {
			return last
		}
		if last.transport == transportRefused {
			last.host = hostTryAgain
			w.over = true
			return last
		}
		switch {
		case last.host == hostNoData:
			w.noData = true
		case last.host == hostNotFound:
		case last.host == hostTryAgain && s.rcode == dnsmessage.RCodeServerFailure:
			w.serverFailed = true
		default:
			return last
		}
	}
	return last
}

// hostAlias looks a name without dots up in the file that HOSTALIASES names. A line has an alias
// and the name to ask for instead.
func (r *Resolver) hostAlias(name string) (target string, found bool) {
	path, ok := r.getenv("HOSTALIASES")
	if !ok {
		return "", false
	}
	r.read(path, func(in io.Reader) error {
		target, found = parseHostAliases(in, name)
		return nil
	})
	return target, found
}

// parseHostAliases looks name up in a HOSTALIASES file. Reading ends at a line with an alias and
// nothing else. glibc reads it with a buffer of 8 KiB: the rest of a longer line is a line of its
// own.
func parseHostAliases(in io.Reader, name string) (target string, found bool) {
	lineReader{in: in, piece: 8191}.each(func(l line) bool {
		alias, rest := cutAny(l.text, space)
		if rest == "" && !l.whole {
			return false
		}
		if !sameText(alias, name) {
			return true
		}
		target, _ = field(skipSpace(rest))
		found = target != ""
		return false
	})
	return target, found
}
