package netio

import (
	"io"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// chunk is a piece of data for the clients. It is stored once, for any number of them.
type chunk struct {
	data []byte
	left int   // feeds that have not read it
	from *feed // of the client that sent it and does not get it back, or nil
	only *feed // the only feed that gets it; nil: all get it
}

func (c *chunk) concerns(f *feed) bool { return c.from != f && (c.only == nil || c.only == f) }

// broadcast holds the clients' data: the chunks from the oldest that one still needs to the newest.
type broadcast struct {
	pool   pool
	feeds  []*feed
	chunks []*chunk
	first  uint64 // the number of chunks[0]
	bytes  int
	ended  bool
	now    func() time.Time
	freed  func()     // called when there is room again
	coming func() int // returns how many bytes can be added at once; nil: none
}

// A full broadcast takes no more until its slowest client has read the oldest chunk.
const (
	chunkSize      = 64 << 10
	broadcastRoom  = 4 * chunkSize
	broadcastCount = 1024 // chunks
)

func (b *broadcast) full() bool { return b.bytes >= broadcastRoom || len(b.chunks) >= broadcastCount }

// feed is one client's position in a broadcast. It is the channel of a Conn without a descriptor,
// which replaces stdin in the client's session.
type feed struct {
	broadcast *broadcast
	next      uint64    // the number of the chunk to read
	done      int       // bytes of that chunk that the client has
	since     time.Time // when it last took bytes, or when there were none left to take
	joined    bool
}

// join adds a feed for what comes from now on.
func (b *broadcast) join() *feed {
	f := &feed{broadcast: b, next: b.first + uint64(len(b.chunks)), joined: true}
	b.feeds = append(b.feeds, f)
	return f
}

// leave gives up what the feed has not read.
func (f *feed) leave() {
	if !f.joined {
		return
	}
	b := f.broadcast
	f.joined = false
	b.feeds = slices.DeleteFunc(b.feeds, func(g *feed) bool { return g == f })
	wasFull := b.full()
	for n := max(f.next, b.first) - b.first; n < uint64(len(b.chunks)); n++ {
		if c := b.chunks[n]; c.concerns(f) {
			c.left--
		}
	}
	b.trim(wasFull)
}

// add appends data. The broadcast owns data from then on.
func (b *broadcast) add(data []byte, from, only *feed) {
	c := &chunk{data: data, from: from, only: only}
	for _, f := range b.feeds {
		if !c.concerns(f) {
			continue
		}
		c.left++
		if f.peek() == nil {
			f.since = b.now()
		}
	}
	if c.left == 0 {
		b.recycle(c)
		return
	}
	b.chunks = append(b.chunks, c)
	b.bytes += len(data)
}

// trim drops the oldest chunks that every feed has read.
func (b *broadcast) trim(wasFull bool) {
	for len(b.chunks) > 0 && b.chunks[0].left == 0 {
		b.bytes -= len(b.chunks[0].data)
		b.recycle(b.chunks[0])
		b.chunks[0] = nil
		b.chunks = b.chunks[1:]
		b.first++
	}
	if wasFull && !b.full() {
		b.freed()
	}
}

func (b *broadcast) recycle(c *chunk) {
	if cap(c.data) == b.pool.size {
		b.pool.put(c.data)
	}
}

// peek returns the next bytes for the client, or nil if there are none now.
func (f *feed) peek() []byte {
	b := f.broadcast
	f.next = max(f.next, b.first)
	for ; f.next-b.first < uint64(len(b.chunks)); f.next++ {
		if c := b.chunks[f.next-b.first]; c.concerns(f) {
			return c.data[f.done:]
		}
	}
	return nil
}

// stock returns how many bytes are ready, or else how many are still to be read for all clients.
func (f *feed) stock() int {
	n := len(f.peek())
	if n == 0 && f.broadcast.coming != nil {
		n = f.broadcast.coming()
	}
	return n
}

// traits are those of a source that is read from f. One that must be seen is read into the broadcast's buffers: each of
// many may hold one for long.
func (f *feed) traits() *traits {
	carrier := func() mover { return &sharer{feed: f} }
	return &traits{carrier: carrier, pool: &f.broadcast.pool, stock: f.stock, leave: f.leave}
}

// took is told that n bytes of what peek gave are with the client.
func (f *feed) took(n int) {
	b := f.broadcast
	f.since = b.now()
	f.done += n
	c := b.chunks[f.next-b.first]
	if f.done < len(c.data) {
		return
	}
	wasFull := b.full()
	f.next, f.done = f.next+1, 0
	c.left--
	b.trim(wasFull)
}

// isOldest reports whether the broadcast waits for this feed.
func (f *feed) isOldest() bool { return f.peek() != nil && f.next == f.broadcast.first }

// read copies bytes for a mover that must see them. It fills p as far as there are bytes.
func (f *feed) read(_ int, p []byte) (int, error) {
	n := 0
	for n < len(p) && f.joined {
		got := copy(p[n:], f.peek())
		if got == 0 {
			break
		}
		f.took(got)
		n += got
	}
	if n == 0 && !f.broadcast.ended {
		return 0, unix.EAGAIN
	}
	return n, nil
}

// sharer is the mover from a feed to a client: it writes from the chunk itself, and holds no more than its place.
type sharer struct {
	feed    *feed
	claimed bool // a chunk is partly written
}

func (m *sharer) pull(src *Conn) (int, error) {
	switch p := m.feed.peek(); {
	case p != nil:
		m.claimed = true
		return len(p), nil
	case m.feed.broadcast.ended:
		return 0, io.EOF
	}
	src.readReady = false
	return 0, errAgain
}

func (m *sharer) push(dst *Conn, most int) (int, error) {
	p := m.feed.peek()
	n, err := dst.write(p[:min(len(p), most)])
	if n > 0 {
		m.claimed = n < len(p)
		m.feed.took(n)
	}
	return n, err
}

func (m *sharer) held() int {
	if !m.claimed {
		return 0
	}
	return len(m.feed.peek())
}

func (m *sharer) pending() bool { return m.claimed }
func (m *sharer) room() bool    { return !m.claimed }
func (m *sharer) name() string  { return "copy" }

func (m *sharer) drop() {
	m.claimed = false
	m.feed.leave()
}

// intake is the mover into a broadcast. What it pulls goes to the broadcast at once.
type intake struct{ broadcast *broadcast }

func (m *intake) pull(src *Conn) (int, error) {
	buf := m.broadcast.pool.get()
	n, err := src.read(buf)
	if n == 0 {
		m.broadcast.pool.put(buf)
		return 0, err
	}
	data := buf[:n]
	if n < len(buf)/4 { // a small piece may be kept for long, and must not keep a large buffer
		data = append([]byte(nil), data...)
		m.broadcast.pool.put(buf)
	}
	m.broadcast.add(data, nil, nil)
	return n, nil
}

// room reports false without a client: nothing is read, so that the first client gets everything.
func (m *intake) room() bool { return len(m.broadcast.feeds) > 0 && !m.broadcast.full() }

func (*intake) push(*Conn, int) (int, error) { panic("netio: an intake holds nothing") }
func (*intake) held() int                    { return 0 }
func (*intake) pending() bool                { return false }
func (*intake) drop()                        {}
func (*intake) name() string                 { return "copy" }
