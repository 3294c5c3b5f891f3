package resolve

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	headerLen    = 12
	ednsSize     = 1200 // what glibc says it can take in one datagram
	maxMessage   = 65535
	recordFields = 10 // type, class, TTL and length of a record
)

// rrType is the type of a resource record. dnsmessage.Type has a table of names, which every start
// of the program would build.
type rrType uint16

const (
	typeA     = rrType(dnsmessage.TypeA)
	typeCNAME = rrType(dnsmessage.TypeCNAME)
	typePTR   = rrType(dnsmessage.TypePTR)
	typeAAAA  = rrType(dnsmessage.TypeAAAA)
	typeOPT   = rrType(dnsmessage.TypeOPT)
)

// errBadMessage is the error for a DNS message that can't be read.
var errBadMessage = errors.New("malformed DNS message")

// query is a question ready to be sent, under an id of its own.
type query struct {
	name  wireName
	qtype rrType
	id    uint16
	wire  []byte
}

// newQuery makes a question for the addresses of a name, recursion desired,
// under a random id. math/rand/v2 draws from ChaCha8, seeded by the system.
func newQuery(name wireName, qtype rrType, conf *resolvConf) query {
	q := query{name: name, qtype: qtype, id: uint16(rand.Uint32())}
	flags := uint16(1 << 8) // recursion desired
	if conf.trustAD {
		flags |= 1 << 5
	}
	be := binary.BigEndian
	b := be.AppendUint16(nil, q.id)
	b = be.AppendUint16(b, flags)
	counts := [4]uint16{0: 1}
	if conf.edns0 {
		counts[3] = 1
	}
	for _, n := range counts {
		b = be.AppendUint16(b, n)
	}
	b = append(b, name...)
	b = be.AppendUint16(b, uint16(qtype))
	b = be.AppendUint16(b, uint16(dnsmessage.ClassINET))
	if conf.edns0 {
		b = append(b, 0) // the root
		b = be.AppendUint16(b, uint16(typeOPT))
		b = be.AppendUint16(b, ednsSize)
		b = append(b, 0, 0, 0, 0, 0, 0) // version, flags, no options
	}
	q.wire = b
	return q
}

// message is a DNS message as it came, with its header read. The records are read one by one: of a
// server's message, only what is asked for has to make sense.
type message struct {
	dnsmessage.Header
	raw              []byte
	questions        int
	answers          int
	additionals      int
	question         wireName // of the only question
	qtype            rrType
	qclass           dnsmessage.Class
	firstRecord      int // where the answers begin
	readableQuestion bool
}

// parseMessage reads the header and the question.
func parseMessage(b []byte) (message, error) {
	m := message{raw: b}
	var p dnsmessage.Parser
	header, err := p.Start(b)
	if err != nil {
		return m, errBadMessage
	}
	m.Header = header
	be := binary.BigEndian
	m.questions = int(be.Uint16(b[4:]))
	m.answers = int(be.Uint16(b[6:]))
	m.additionals = int(be.Uint16(b[10:]))
	if m.questions != 1 {
		return m, nil
	}
	name, next, err := unpackName(b, headerLen)
	if err != nil || len(b)-next < 4 {
		return m, nil
	}
	m.question = name
	m.qtype = rrType(be.Uint16(b[next:]))
	m.qclass = dnsmessage.Class(be.Uint16(b[next+2:]))
	m.firstRecord = next + 4
	m.readableQuestion = true
	return m, nil
}

// hasAnswers reports whether the message is a success and has answer records.
func (m *message) hasAnswers() bool {
	return m.RCode == dnsmessage.RCodeSuccess && m.answers > 0
}

// asks reports whether the message repeats the question of q.
func (m *message) asks(q *query) bool {
	return m.readableQuestion && m.qtype == q.qtype && m.qclass == dnsmessage.ClassINET &&
		m.question.same(q.name)
}

// serverFailed reports whether the server could not answer. Another server may.
func (m *message) serverFailed() bool {
	switch m.RCode {
	case dnsmessage.RCodeServerFailure, dnsmessage.RCodeNotImplemented, dnsmessage.RCodeRefused:
		return true
	}
	return false
}

// lame reports whether the server neither knows the answer nor would ask for it.
func (m *message) lame() bool {
	return m.RCode == dnsmessage.RCodeSuccess && m.answers == 0 &&
		!m.Authoritative && !m.RecursionAvailable && m.additionals == 0
}

// record is a resource record of an answer.
type record struct {
	owner wireName
	rtype rrType
	class dnsmessage.Class
	data  []byte
	start int // of data in the message
}

// records calls f for each record of the answer section. It ends with f's first error, or where the
// section can't be read.
func (m *message) records(f func(record) error) error {
	at := m.firstRecord
	be := binary.BigEndian
	for range m.answers {
		owner, next, err := unpackName(m.raw, at)
		if err != nil {
			return err
		}
		if len(m.raw)-next < recordFields {
			return errBadMessage
		}
		b := m.raw[next:]
		r := record{
			owner: owner,
			rtype: rrType(be.Uint16(b)),
			class: dnsmessage.Class(be.Uint16(b[2:])),
			start: next + recordFields,
		}
		at = r.start + int(be.Uint16(b[8:]))
		if at > len(m.raw) {
			return errBadMessage
		}
		r.data = m.raw[r.start:at]
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}

// unpackName reads a name at an offset, following compression, and gives the offset of the next
// field. A loop ends: a name can't be longer than its message, so it is an error to follow it over
// as many bytes as the message has.
func unpackName(b []byte, at int) (wireName, int, error) {
	var wire []byte
	next, seen := -1, 0
	for {
		if at >= len(b) {
			return "", 0, errBadMessage
		}
		n := int(b[at])
		at++
		switch {
		case n == 0:
			if next < 0 {
				next = at
			}
			return wireName(append(wire, 0)), next, nil
		case n <= maxLabel:
			if len(wire)+1+n+1 > maxWire || n >= len(b)-at {
				return "", 0, errBadMessage
			}
			wire = append(append(wire, byte(n)), b[at:at+n]...)
			at += n
			seen += n + 1
		case n >= 0xc0:
			if at >= len(b) {
				return "", 0, errBadMessage
			}
			if next < 0 {
				next = at + 1
			}
			at = (n&0x3f)<<8 | int(b[at])
			if seen += 2; seen >= len(b) {
				return "", 0, errBadMessage
			}
		default:
			return "", 0, errBadMessage
		}
	}
}
