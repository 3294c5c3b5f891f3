package netio

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"gnc/netio/printable"
)

// A chat has the form of ncat's --chat: "<user3> " before each line, and an <announce> line when a
// client comes or goes. ncat puts the name before each read; here lines stay whole.

const (
	chatRead = 4 << 10 // size of one read, which bounds the text made of it
	chatLine = 4 << 10 // a longer line goes out in pieces
	chatList = 100     // how many present clients the hub names to a new client
)

// member is the sink that takes what a client of a chat sends.
type member struct {
	client *hubClient
	line   []byte // the unfinished line
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

// closeWrite relays a last line without a newline.
func (m *member) closeWrite(*Conn) error {
	if len(m.line) > 0 {
		m.client.hub.relay(m.say(nil), m.client.place)
	}
	return nil
}

// say appends the member's line to dst, after the client's name.
func (m *member) say(dst []byte) []byte {
	dst = append(dst, '<')
	dst = append(dst, m.client.user()...)
	dst = append(dst, "> "...)
	dst = printable.AppendHarmless(dst, m.line)
	m.line = m.line[:0]
	return append(dst, '\n')
}

// user returns the client's name in a chat.
func (c *hubClient) user() string { return "user" + strconv.Itoa(c.id) }

// announce tells all clients about c, and c about them. A full broadcast takes no announcement:
// only the number of arriving clients bounds those.
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
