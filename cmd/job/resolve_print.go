package job

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"gnc/resolve"
)

// print writes an answer, or what there is to say on stdout of a failed lookup, in one write.
func (j *Resolve) print(env *Env, list []resolve.AddrInfo, steps []resolve.Step, err error) error {
	var b bytes.Buffer
	switch j.Form {
	case formText:
		writeColumns(&b, list, j.columns)
	case FormGetent:
		for _, ai := range list {
			b.WriteString(resolve.GetentLine(ai))
		}
	case FormExplain:
		for _, s := range steps {
			b.WriteString(stepLine(s))
		}
		writeColumns(&b, list, j.explained)
	case FormJSON:
		writeAnswer(&b, list, err)
	}
	return AnswerText(env, b.String())
}

// columns are the words of an answer for people: the address first, for scripts that cut.
func (j *Resolve) columns(_ int, ai resolve.AddrInfo) []string {
	row := []string{addrText(ai.Addr.Addr())}
	if j.Service != nil {
		row = append(row, strconv.Itoa(int(ai.Addr.Port())))
	}
	return append(row, typeName(ai.SockType), protocolName(ai.Protocol), ai.Canonname)
}

// addrText writes an address as C programs do, so that a script finds the same text, and its zone.
func addrText(a netip.Addr) string {
	if a.Zone() != "" {
		return resolve.Ntop(a) + "%" + a.Zone()
	}
	return resolve.Ntop(a)
}

// explained are an answer's columns, then where it would be reached from, where it comes from, and
// why it is here.
func (j *Resolve) explained(i int, ai resolve.AddrInfo) []string {
	row := j.columns(i, ai)
	if j.Hints.Flags&resolve.CanonName == 0 {
		row = row[:len(row)-1]
	}
	source := "unreachable"
	if ai.Placement.Source.IsValid() {
		source = "from " + addrText(ai.Placement.Source)
	}
	why := "first"
	if i > 0 {
		why = fmt.Sprintf("rule %d: %s", ai.Placement.Rule, ai.Placement.Rule)
	}
	return append(row, source, originText(ai.Origin), why)
}

// originText says where an address comes from.
func originText(o *resolve.Origin) string {
	switch o.Source {
	case resolve.FromFiles:
		return fmt.Sprintf("%s line %d", o.File, o.Line)
	case resolve.FromDNS:
		return fmt.Sprintf("%s %s of %s in %v", o.Question, o.Type, serverText(o.Server, o.TCP), rounded(o.Took))
	case resolve.FromLocal:
		return "this machine"
	}
	return o.Source
}

func serverText(server netip.AddrPort, tcp bool) string {
	if tcp {
		return "tcp " + server.String()
	}
	return server.String()
}

// rounded gives a time the digits that mean something.
func rounded(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

// stepLine is what a lookup did on its way: a question to a name server, or a source's verdict.
func stepLine(s resolve.Step) string {
	if s.Question == "" {
		return fmt.Sprintf("%s: %s\n", s.Source, s.Outcome)
	}
	return fmt.Sprintf("%s: %s %s of %s: %s after %v\n", s.Source, s.Question, s.Type, serverText(s.Server, s.TCP), s.Outcome,
		rounded(s.Took))
}

// writeColumns writes one line for each answer. Spaces align the columns, and end no line.
func writeColumns(b *bytes.Buffer, list []resolve.AddrInfo, columns func(int, resolve.AddrInfo) []string) {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for i, ai := range list {
		fmt.Fprintln(w, strings.Join(columns(i, ai), "\t")+"\t")
	}
	w.Flush()
	for line := range strings.Lines(table.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// answerJSON is an answer for programs; failureJSON is a lookup that had none.
type answerJSON struct {
	Canonname string        `json:"canonname"`
	Addresses []addressJSON `json:"addresses"`
}

type addressJSON struct {
	Family   string `json:"family"`
	Type     string `json:"type"`
	Protocol string `json:"protocol"`
	Address  string `json:"address"`
	Zone     string `json:"zone"` // the interface's index, "" for none
	Port     uint16 `json:"port"`
}

type failureJSON struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func writeAnswer(b *bytes.Buffer, list []resolve.AddrInfo, err error) {
	var failure failureJSON
	var e *resolve.Error
	out := json.NewEncoder(b)
	out.SetEscapeHTML(false)
	if errors.As(err, &e) {
		failure.Error.Code, failure.Error.Message = e.Name(), e.Error()
		out.Encode(failure)
		return
	}
	answer := answerJSON{Canonname: list[0].Canonname}
	for _, ai := range list {
		addr := ai.Addr.Addr()
		answer.Addresses = append(answer.Addresses, addressJSON{
			Family: familyName(ai.Family), Type: typeName(ai.SockType), Protocol: protocolName(ai.Protocol),
			Address: resolve.Ntop(addr), Zone: addr.Zone(), Port: ai.Addr.Port(),
		})
	}
	out.Encode(answer)
}

func familyName(family int) string {
	if family == resolve.INET {
		return "ip4"
	}
	return "ip6"
}

func typeName(sockType int) string {
	return map[int]string{resolve.SockStream: "stream", resolve.SockDgram: "dgram", resolve.SockRaw: "raw",
		resolve.SockSeqpacket: "seqpacket", resolve.SockDCCP: "dccp"}[sockType]
}
