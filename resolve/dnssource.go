package resolve

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// typeName is the type's mnemonic, as in "AAAA".
func typeName(t rrType) string {
	switch t {
	case typeA:
		return "A"
	case typeAAAA:
		return "AAAA"
	case typeCNAME:
		return "CNAME"
	case typePTR:
		return "PTR"
	}
	return "TYPE" + strconv.Itoa(int(t)) // RFC 3597
}

// rcodeText describes a reply's outcome for a person.
func rcodeText(m *message) string {
	names := [...]string{"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"}
	text := "rcode " + strconv.Itoa(int(m.RCode))
	if int(m.RCode) < len(names) {
		text = names[m.RCode]
	}
	if m.RCode == dnsmessage.RCodeSuccess {
		text += ", " + strconv.Itoa(m.answers) + " records"
	}
	if m.Truncated {
		text += ", truncated"
	}
	return text
}

// dnsSource is the "dns" of nsswitch.conf, for one lookup.
type dnsSource struct {
	l *lookupState
	x *exchanger
}

// exchange gives the lookup's exchanger. The first call reads resolv.conf.
func (d *dnsSource) exchange() *exchanger {
	if d.x == nil {
		d.x = d.l.r.newExchanger(d.l.ctx, d.l.r.resolvConf())
	}
	return d.x
}

// verdict is the status of a search that found nothing.
func (d *dnsSource) verdict(o outcome) status {
	d.l.host = o.host
	if o.host == hostTryAgain {
		d.l.errnoSet = true
	}
	if o.transport == transportRefused || o.transport == transportTimedOut {
		return statusUnavail
	}
	return statusNotFound
}

// both asks for the IPv4 and the IPv6 addresses of a name at once.
func (d *dnsSource) both(name string) (status, sourceResult) {
	if !hostNameOK(name) {
		d.l.host = hostNotFound
		return statusNotFound, sourceResult{}
	}
	name = d.aliased(name)
	s := searcher{exchanger: d.exchange(), types: [2]rrType{typeA, typeAAAA}, unanswered: d.l.noteUnanswered}
	if s.conf.noAAAA {
		s.types[1] = 0
		d.l.noteUnanswered(typeAAAA)
	}
	if d.l.early != nil {
		s.early = func(r *reply) {
			if found := readReply(r); len(found.tuples) > 0 {
				d.l.early(found)
			}
		}
		defer func() { s.exchanger.early = nil }()
	}
	o := s.search(name)
	if !o.found {
		return d.verdict(o), sourceResult{}
	}
	return d.join(o.answers)
}

// aliased replaces a name without dots by its alias.
func (d *dnsSource) aliased(name string) string {
	if !strings.Contains(name, ".") {
		if alias, ok := d.l.r.hostAlias(name); ok {
			return alias
		}
	}
	return name
}

// join makes one result of the replies to two questions, in the order of their arrival. The
// canonical name is that of the first reply with an address.
func (d *dnsSource) join(got answers) (status, sourceResult) {
	var res sourceResult
	verdict := statusNotFound
	for _, r := range []*reply{got.first, got.second} {
		if r == nil {
			continue
		}
		found := readReply(r)
		d.l.host = found.host
		switch {
		case found.status == statusSuccess:
			if len(res.tuples) == 0 {
				res.canon = found.canon
			}
			res.tuples = append(res.tuples, found.tuples...)
			verdict = statusSuccess
		case verdict == statusSuccess:
			// What can't be read after an answer is left away. glibc keeps
			// the addresses before the broken record.
			res.tuples = append(res.tuples, found.tuples...)
		case found.status == statusUnavail:
			return statusUnavail, sourceResult{}
		}
	}
	return verdict, res
}

// sourceResult is the answer of a source.
type sourceResult struct {
	tuples []tuple
	canon  string // "" if the source gives none
	status status
	host   hostErr
}

// readReply takes the addresses from a reply. It follows CNAME records in the order in which they
// stand, whatever their owners are. An address counts if its owner is the name expected at that
// point; every other record is skipped. Each record is read once, so a loop of CNAMEs ends with the
// message.
func readReply(r *reply) sourceResult {
	res := sourceResult{status: statusNotFound, host: hostNotFound}
	if !r.readableQuestion {
		return sourceResult{status: statusUnavail, host: hostNoRecovery}
	}
	if r.answers == 0 || !r.question.isHostName() {
		return res
	}
	expected, canon := r.question, r.question
	origin := r.origin()
	err := r.message.records(func(rec record) error {
		switch {
		case rec.rtype == typeCNAME:
			target, _, err := unpackName(r.raw, rec.start)
			if err != nil {
				return err
			}
			expected = target
			if target.isHostName() {
				canon = target
			}
		case rec.rtype == r.qtype && rec.owner.same(expected):
			if t, ok := addressTuple(rec, origin); ok {
				if len(res.tuples) == 0 {
					res.canon = canon.String()
				}
				res.tuples = append(res.tuples, t)
			}
		}
		return nil
	})
	switch {
	case err != nil:
		res.status, res.host = statusUnavail, hostNoRecovery
	case len(res.tuples) > 0:
		res.status, res.host = statusSuccess, hostOK
	}
	return res
}

func (r *reply) origin() *Origin {
	return &Origin{
		Source: FromDNS, Server: r.server, TCP: r.tcp, Took: r.took,
		Question: r.question.String(), Type: typeName(r.qtype),
	}
}

// addressTuple reads the data of an A or AAAA record.
func addressTuple(rec record, origin *Origin) (tuple, bool) {
	size, family := 4, INET
	if rec.rtype == typeAAAA {
		size, family = 16, INET6
	}
	addr, ok := netip.AddrFromSlice(rec.data)
	return tuple{family: family, addr: addr, origin: origin}, ok && len(rec.data) == size
}

// one asks for the addresses of one family. checked refuses a name that can't be a host's before it
// is asked for. The way that also gives the canonical name does not check.
func (d *dnsSource) one(name string, family int, checked bool) (status, sourceResult) {
	if checked && !hostNameOK(name) {
		d.l.host = hostNotFound
		return statusNotFound, sourceResult{}
	}
	name = d.aliased(name)
	s := searcher{exchanger: d.exchange(), types: [2]rrType{typeA}, unanswered: d.l.noteUnanswered}
	if family == INET6 {
		s.types[0] = typeAAAA
	}
	o := s.search(name)
	if !o.found {
		return d.verdict(o), sourceResult{}
	}
	res := readSingle(o.answers.first)
	d.l.host = res.host
	if res.status == statusUnavail {
		d.l.errnoSet = true
	}
	if family == INET && len(res.tuples) > 0 {
		sortByList(res.tuples, s.conf.sortlist)
	}
	return res.status, res
}

// readSingle takes the addresses from the reply to a question asked alone. It differs from
// readReply: the class must match, every name on the way is an alias and the last one is canonical,
// and no address means "try again".
func readSingle(r *reply) sourceResult {
	bad := sourceResult{status: statusUnavail, host: hostNoRecovery}
	if !r.readableQuestion {
		return bad
	}
	if r.RCode == dnsmessage.RCodeNameError || !r.question.isHostName() {
		return sourceResult{status: statusNotFound, host: hostNotFound}
	}
	res := sourceResult{status: statusSuccess, canon: r.question.String()}
	expected := r.question
	origin := r.origin()
	err := r.message.records(func(rec record) error {
		switch {
		case rec.class != dnsmessage.ClassINET:
		case rec.rtype == typeCNAME:
			target, _, err := unpackName(r.raw, rec.start)
			if err != nil {
				return err
			}
			expected = target
			if target.isHostName() {
				res.canon = target.String()
			}
		case rec.rtype == r.qtype && rec.owner.same(expected):
			if t, ok := addressTuple(rec, origin); ok {
				res.tuples = append(res.tuples, t)
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return bad
	case len(res.tuples) == 0:
		return sourceResult{status: statusTryAgain, host: hostNoRecovery}
	}
	return res
}

// sortByList orders IPv4 addresses by resolv.conf's sortlist: an address stands where the first
// entry that it matches stands. glibc looks at 48 addresses.
func sortByList(list []tuple, ranges []sortRange) {
	const most = 48
	list = list[:min(len(list), most)]
	rank := func(t tuple) int {
		n := ipv4Number(t.addr)
		i := slices.IndexFunc(ranges, func(r sortRange) bool { return n&r.mask == r.addr })
		if i < 0 {
			return len(ranges)
		}
		return i
	}
	slices.SortStableFunc(list, func(s, t tuple) int { return cmp.Compare(rank(s), rank(t)) })
}
