package netio

import (
	"errors"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"gnc/mux"
)

// HubOptions are the rules of a hub.
type HubOptions struct {
	Patience time.Duration // how long a client that takes nothing may hold up others; 0: no bound
	Relay    bool          // a client's bytes go to all others; the standard streams are not used
	Chat     bool          // a relay of lines, each with its sender's name
}

// ErrHeldUp ends the session of a client that held up the others for HubOptions.Patience.
var ErrHeldUp = errors.New("timed out: it took nothing while the others waited")

// Hub joins many clients to one pair of streams. The bytes of the input go to every client. The
// bytes of the clients go to the output, read by read. In a relay they go to the other clients
// instead. Each client has a session of its own, whose streams lead to the hub.
type Hub struct {
	loop    *Loop
	options HubOptions
	in, out *Conn // the streams; nil if unused
	source  *Flow // from in to the broadcast
	all     broadcast
	turn    turn // at out, or at the broadcast of a relay
	clients []*hubClient
	pulse   mux.Timer // runs the hub soon
	stall   mux.Timer // finds clients that hold up the others
	fail    func(error)
	err     error // the error that fail has been called with, or soon will be
}

// hubClient is a client of a hub.
type hubClient struct {
	hub     *Hub
	id      int
	name    string // the client's address, for a chat
	place   *feed  // the client's position in the broadcast, or nil
	session *Session
	gone    bool
}

// NewHub makes a hub of the streams in and out, of which one or both may be nil. Hub.Close closes
// them. The hub calls fail once if a stream itself fails.
func NewHub(l *Loop, in, out *Conn, o HubOptions, fail func(error)) *Hub {
	h := &Hub{loop: l, in: in, out: out, options: o, fail: fail}
	h.all = broadcast{pool: pool{size: chunkSize}, now: l.Now, freed: h.wake}
	h.turn = turn{wake: h.wake, room: func() bool { return !o.Relay || !h.all.full() }}
	if in != nil {
		in.owner = h
		h.all.coming = in.stock
		h.source = newFlow(in, &Conn{loop: l, fd: -1}, &intake{&h.all})
		h.source.keepOpen = true // the clients' sessions pass the end on
	}
	if out != nil {
		out.owner = h
		out.writeReady = !out.oneShot
		h.lose(out.rewatch())
	}
	return h
}

// Ends are streams of a client's own. nil means the hub's stream.
type Ends struct{ In, Out *Conn }

// Join adds a client and begins its session. id is unique. A chat announces the client by name.
// Join calls done at the end of the session.
func (h *Hub) Join(peer *Conn, id int, name string, e Ends, o SessionOptions, done func(Result)) *Session {
	c := &hubClient{hub: h, id: id, name: name}
	if e.In == nil {
		e.In = &Conn{loop: h.loop, fd: -1, local: true, label: named("stdin")}
		if !o.RecvOnly && (h.in != nil || h.options.Relay) {
			c.place = h.all.join()
			e.In.reader, e.In.traits = c.place, c.place.traits()
			o.excused = c.excused
		} else {
			o.RecvOnly = true // the hub has no bytes for it
		}
	}
	if e.Out == nil {
		w, most := c.sink()
		e.Out = &Conn{loop: h.loop, fd: -1, local: true, label: named("stdout"), writer: w,
			traits: &traits{turn: &h.turn, most: most}}
		o.SendOnly = o.SendOnly || h.out == nil && !h.options.Relay
	}
	if h.options.Relay {
		o.Until = UntilReceived // the others never end
	}
	h.announce(c)
	h.clients = append(h.clients, c)
	s := NewSession(h.loop, peer, e.In, e.Out, o, func(r Result) {
		h.leave(c)
		done(r)
	})
	c.session = s
	h.wake()
	return s
}

func (h *Hub) leave(c *hubClient) {
	c.gone = true
	h.clients = slices.DeleteFunc(h.clients, func(other *hubClient) bool { return other == c })
	if c.place != nil {
		c.place.leave()
	}
	h.announceLeft(c)
}

// wake makes the hub run in the next turn of the loop, so that a session never runs another session
// from within.
func (h *Hub) wake() {
	if !h.pulse.Waiting() {
		h.pulse.Set(h.loop.Loop, 0, h.run)
	}
}

// run reads from the source, gives the new bytes to the clients, lets the next waiting client have
// the sink, and looks for clients that hold up the others.
func (h *Hub) run() {
	if h.source != nil && h.err == nil {
		h.source.step()
		if h.source.ended() {
			h.all.ended = h.source.err == nil
			h.lose(h.source.err)
		}
	}
	h.give()
	if f := h.turn.holder; f != nil && h.out != nil && h.out.writeReady {
		f.wakeSink()
	}
	h.turn.next()
	h.watchStall()
	for _, c := range []*Conn{h.in, h.out} {
		if c != nil && h.err == nil {
			h.lose(c.rewatch())
		}
	}
}

// give runs the clients for which there are bytes, or the end.
func (h *Hub) give() {
	for _, c := range slices.Clone(h.clients) {
		if c.gone || c.place == nil || !c.place.joined {
			continue
		}
		if c.place.peek() != nil || h.all.ended {
			c.session.offer(h.all.ended)
		}
	}
}

// hangUp handles that the reader of out has gone.
func (h *Hub) hangUp(c *Conn) {
	if c == h.out {
		h.lose(c.failed("write", unix.EPIPE))
	}
}

// lose notes a failure of the streams, or nothing if err is nil. It calls fail in the next turn of
// the loop, because fail ends sessions.
func (h *Hub) lose(err error) {
	if err != nil && h.err == nil {
		h.err = err
		h.loop.After(0, func() { h.fail(err) })
	}
}

// Err returns the failure of the streams, or nil. The sessions' later failures follow from it.
func (h *Hub) Err() error { return h.err }

// Close ends a hub whose clients have gone.
func (h *Hub) Close() {
	h.pulse.Stop()
	h.stall.Stop()
	for _, c := range []*Conn{h.in, h.out} {
		if c != nil {
			c.Close()
		}
	}
}

// sink returns the writer for the bytes of c, and the bound of one read for it. The bound 0 means
// the size of the buffer.
func (c *hubClient) sink() (w writer, most int32) {
	switch {
	case c.hub.options.Chat:
		return &member{client: c}, chatRead
	case c.hub.options.Relay:
		return relay{c}, chunkSize
	}
	return outlet{c.hub}, 0
}

// outlet writes the bytes of one client to the hub's out. The client's flow holds the turn.
type outlet struct{ hub *Hub }

// write writes to out. If out takes no more, the hub waits for it, and then runs the holder of the
// turn again.
func (o outlet) write(_ int, p []byte) (int, error) {
	out := o.hub.out
	n, err := 0, error(unix.EAGAIN)
	if out.writeReady {
		n, err = out.writer.write(out.FD(), p)
	}
	out.writeReady = out.writeReady && err == nil && !out.oneShot
	switch err {
	case nil:
	case unix.EAGAIN, unix.EINTR:
		out.sink = o.hub.turn.holder
		o.hub.lose(out.rewatch())
	default:
		o.hub.lose(out.failed("write", err))
	}
	return n, err
}

func (outlet) closeWrite(*Conn) error { return nil } // other clients go on

// relay passes the bytes of a client to all others.
type relay struct{ client *hubClient }

// write takes all of p. The turn checked that there is room before p was read.
func (r relay) write(_ int, p []byte) (int, error) {
	r.client.hub.relay(append([]byte(nil), p...), r.client.place)
	return len(p), nil
}

func (relay) closeWrite(*Conn) error { return nil }

// relay adds data to the broadcast. The client at from does not get it.
func (h *Hub) relay(data []byte, from *feed) {
	h.all.add(data, from, nil)
	h.wake()
}
