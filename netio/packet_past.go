package netio

// pastReads are the datagrams that were read last. A command may end without having read all that its pipe holds: which
// datagrams these were is known here.
type pastReads struct {
	datagrams [][]byte
	size      int
	taken     bool // a datagram has reached the command
	over      bool // takeBack was called: the rest is for the next Conn
}

// pastMost is more than a pipe holds together with a datagram that waits for room.
const pastMost = 256 << 10

func (p *pastReads) add(data []byte) {
	if p == nil || p.over || len(data) == 0 {
		return
	}
	p.datagrams = append(p.datagrams, data)
	p.size += len(data)
	for p.size-len(p.datagrams[0]) >= pastMost {
		p.size -= len(p.datagrams[0])
		p.datagrams[0], p.datagrams = nil, p.datagrams[1:]
		p.taken = true
	}
}

// takeBack keeps the datagrams of the last n bytes. One that was read in part is gone.
func (p *pastReads) takeBack(n int) {
	if p.over {
		return
	}
	from := len(p.datagrams)
	for from > 0 && len(p.datagrams[from-1]) <= n {
		from--
		n -= len(p.datagrams[from])
	}
	p.taken = p.taken || from > 0
	p.datagrams, p.over = p.datagrams[from:], true
}

// left returns the datagrams for the next Conn, with those of the queue. After a command that has
// read nothing there are none: the next command would do the same, again and again.
func (p *pastReads) left(queue [][]byte) [][]byte {
	if p == nil || !p.over || !p.taken {
		return nil
	}
	return append(p.datagrams, queue...)
}

func (p *packetPeer) remember() { p.past = new(pastReads) }

func (p *packetPeer) takeBack(n int) {
	if p.past != nil {
		p.past.takeBack(n)
	}
}
