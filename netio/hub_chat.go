package netio

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"gnc/netio/printable"
)

// A chat speaks as ncat's --chat does: "<user3> " before each line, and lines of <announce> when somebody comes or goes.
// Where ncat puts the name before each read, here lines stay whole.

const (
	chatRead = 4 << 10 // one read: what comes of it, names included, stays of a bounded size
	chatLine = 4 << 10 // a longer line is passed on in pieces
	chatList = 100     // of those who are there, a newcomer is told of so many
)

// member is the sink of a client of a chat.
type member struct {
	client *hubClient
	line   []byte // that has not ended
}

// write passes on the lines that p ends.
func (m *member) write(_ int, p []byte) (int, error) {
	var said []byte
	for rest := p; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		m.line = append(m.line, line...)
		rest = after
		if ended || len(m.line) >= chatLine {
			said = m.say(said)
		}
	}
	if len(said) > 0 {
		m.client.hub.relay(said, m.client.place)
	}
	return len(p), nil
}

// closeWrite passes on a last line that was not ended.
func (m *member) closeWrite(*Conn) error {
	if len(m.line) > 0 {
		m.client.hub.relay(m.say(nil), m.client.place)
	}
	return nil
}

// say adds the member's line to dst.
func (m *member) say(dst []byte) []byte {
	dst = append(dst, '<')
	dst = append(dst, m.client.user()...)
	dst = append(dst, "> "...)
	dst = printable.AppendHarmless(dst, m.line)
	m.line = m.line[:0]
	return append(dst, '\n')
}

// user is a client's name in a chat.
func (c *hubClient) user() string { return "user" + strconv.Itoa(c.id) }

// announce tells everybody of c, and c of everybody. A broadcast that is full takes no announcements: they have no bound
// but the number of those who come.
func (h *Hub) announce(c *hubClient) {
	if !h.options.Chat || h.all.full() {
		return
	}
	h.relay(fmt.Appendf(nil, "<announce> %s is connected as <%s>.\n", c.name, c.user()), nil)
	var names []string
	for _, other := range h.clients[:min(len(h.clients), chatList)] {
		names = append(names, fmt.Sprintf("%s as <%s>", other.name, other.user()))
	}
	if more := len(h.clients) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	if len(names) == 0 {
		names = []string{"nobody"}
	}
	h.all.add([]byte("<announce> already connected: "+strings.Join(names, ", ")+".\n"), nil, c.place)
}

func (h *Hub) announceLeft(c *hubClient) {
	if h.options.Chat && !h.all.full() {
		h.relay(fmt.Appendf(nil, "<announce> <%s> is disconnected.\n", c.user()), nil)
	}
}
