package netio

import "golang.org/x/sys/unix"

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
