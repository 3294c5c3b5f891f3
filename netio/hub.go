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
	Patience time.Duration // a client that takes nothing may hold up the others for this long; 0: for ever
	Relay    bool          // what a client sends goes to all others, and the standard streams are not used
	Chat     bool          // a relay of lines, each with its sender's name
}

// ErrHeldUp ends the session of a client for which the others have waited as long as HubOptions.Patience.
var ErrHeldUp = errors.New("timed out: it took nothing while the others waited")

// Hub joins many clients at once to one pair of streams: what comes from the one goes to every client, and what clients
// send goes to the other, read by read. In a relay it goes to the other clients instead. Each client has a session of
// its own, whose ends are places at the hub.
type Hub struct {
	loop    *Loop
	options HubOptions
	in, out *Conn // the streams, or nil where nobody needs them
	source  *Flow // from in to the broadcast
	all     broadcast
	turn    turn // at out, or at the broadcast of a relay
	clients []*hubClient
	pulse   mux.Timer // runs the hub soon
	stall   mux.Timer // looks for who holds up the others
	fail    func(error)
	err     error // what fail has been told, or is about to be
}

// hubClient is a client of a hub.
type hubClient struct {
	hub     *Hub
	id      int
	name    string // of a chat: its address
	place   *feed  // in what all are sent, or nil
	session *Session
	gone    bool
}

// NewHub makes a hub of the streams in and out, which it closes in the end; nil is a stream that is not used. fail is
// told, once, of a failure of the streams themselves.
func NewHub(l *Loop, in, out *Conn, o HubOptions, fail func(error)) *Hub {
	h := &Hub{loop: l, in: in, out: out, options: o, fail: fail}
	h.all = broadcast{pool: pool{size: chunkSize}, now: l.Now, freed: h.wake}
	h.turn = turn{wake: h.wake, room: func() bool { return !o.Relay || !h.all.full() }}
	if in != nil {
		in.owner = h
		h.all.coming = in.stock
		h.source = newFlow(in, &Conn{loop: l, fd: -1}, &intake{&h.all})
		h.source.keepOpen = true // its end is every client's
	}
	if out != nil {
		out.owner = h
		out.writeReady = !out.oneShot
		h.lose(out.rewatch())
	}
	return h
}

// Ends are the ends of a client's session where they are not the hub's: nil is the hub's.
type Ends struct{ In, Out *Conn }

// Join has a client take part. id is unique, and name is what a chat calls it. done is called at the end of its session.
func (h *Hub) Join(peer *Conn, id int, name string, e Ends, o SessionOptions, done func(Result)) *Session {
	c := &hubClient{hub: h, id: id, name: name}
	if e.In == nil {
		e.In = &Conn{loop: h.loop, fd: -1, local: true, label: named("stdin")}
		if !o.RecvOnly && (h.in != nil || h.options.Relay) {
			c.place = h.all.join()
			e.In.reader, e.In.traits = c.place, c.place.traits()
			o.excused = c.excused
		} else {
			o.RecvOnly = true // there is nothing to send
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

// wake has the hub run soon: in the next turn of the loop, so that a session never runs another from within.
func (h *Hub) wake() {
	if !h.pulse.Waiting() {
		h.pulse.Set(h.loop.Loop, 0, h.run)
	}
}

// run reads from the source, gives to the clients what they have not had, lets the next of those that wait for the sink
// have it, and sees whether somebody holds up the others.
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

// give runs the clients for whom there is something.
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

// hangUp is told that the reader of out has gone.
func (h *Hub) hangUp(c *Conn) {
	if c == h.out {
		h.lose(c.failed("write", unix.EPIPE))
	}
}

// lose is told of a failure of the streams, or nil. Its owner hears of it from the loop: what it does then ends sessions.
func (h *Hub) lose(err error) {
	if err != nil && h.err == nil {
		h.err = err
		h.loop.After(0, func() { h.fail(err) })
	}
}

// Err is the failure of the streams that fail has been told of, or is about to be: others follow from it.
func (h *Hub) Err() error { return h.err }

// Close ends the hub, whose clients have gone.
func (h *Hub) Close() {
	h.pulse.Stop()
	h.stall.Stop()
	for _, c := range []*Conn{h.in, h.out} {
		if c != nil {
			c.Close()
		}
	}
}

// sink is where what c sends goes, and how much one read may bring for it.
func (c *hubClient) sink() (w writer, most int32) {
	switch {
	case c.hub.options.Chat:
		return &member{client: c}, chatRead
	case c.hub.options.Relay:
		return relay{c}, chunkSize
	}
	return outlet{c.hub}, 0
}

// outlet is a place at the hub's out. Whoever writes has the turn.
type outlet struct{ hub *Hub }

// write writes to out itself. When that takes no more, the hub waits for it, and runs the holder of the turn again.
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

func (outlet) closeWrite(*Conn) error { return nil } // others go on

// relay hands what a client sends to all others.
type relay struct{ client *hubClient }

// write takes all: that there is room was asked before p was read.
func (r relay) write(_ int, p []byte) (int, error) {
	r.client.hub.relay(append([]byte(nil), p...), r.client.place)
	return len(p), nil
}

func (relay) closeWrite(*Conn) error { return nil }

// relay adds to what the clients are sent.
func (h *Hub) relay(data []byte, from *feed) {
	h.all.add(data, from, nil)
	h.wake()
}
