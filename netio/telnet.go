package netio

// The bytes of RFC 854 that matter here.
const (
	telnetSE   = 240
	telnetSB   = 250
	telnetWill = 251
	telnetWont = 252
	telnetDo   = 253
	telnetDont = 254
	telnetIAC  = 255
)

// telnet reads what a telnet peer sends (RFC 854). It separates commands from data, and refuses
// every option that the peer offers or asks for. A command can come in any number of pieces.
type telnet struct {
	state  func(t *telnet, b byte) (data bool) // takes the next byte, and reports whether it is data
	verb   byte
	answer []byte
}

func newTelnet() *telnet { return &telnet{state: (*telnet).data} }

// see reads bytes from the peer and returns the answer.
func (t *telnet) see(p []byte) (answer []byte) {
	t.answer = nil
	for _, b := range p {
		t.state(t, b)
	}
	return t.answer
}

// strip reads bytes from the peer and returns the answer. It also moves the data to the beginning
// of p.
func (t *telnet) strip(p []byte) (data, answer []byte) {
	t.answer, data = nil, p[:0]
	for _, b := range p {
		if t.state(t, b) {
			data = append(data, b)
		}
	}
	return data, t.answer
}

func (t *telnet) data(b byte) bool {
	if b == telnetIAC {
		t.state = (*telnet).command
	}
	return b != telnetIAC
}

func (t *telnet) command(b byte) bool {
	switch b {
	case telnetWill, telnetWont, telnetDo, telnetDont:
		t.verb, t.state = b, (*telnet).option
	case telnetSB:
		t.state = (*telnet).sub
	default: // IAC IAC is a data byte; other commands have no option
		t.state = (*telnet).data
	}
	return b == telnetIAC
}

func (t *telnet) option(b byte) bool {
	switch t.verb {
	case telnetWill:
		t.answer = append(t.answer, telnetIAC, telnetDont, b)
	case telnetDo:
		t.answer = append(t.answer, telnetIAC, telnetWont, b)
	}
	t.state = (*telnet).data
	return false
}

// sub skips a subnegotiation, up to IAC SE.
func (t *telnet) sub(b byte) bool {
	if b == telnetIAC {
		t.state = (*telnet).subCommand
	}
	return false
}

func (t *telnet) subCommand(b byte) bool {
	t.state = (*telnet).sub
	if b == telnetSE {
		t.state = (*telnet).data
	}
	return false
}

// doubled doubles each IAC, so that the peer reads it as data.
type doubled struct{}

func (doubled) edit(dst, p []byte) []byte {
	for _, b := range p {
		if b == telnetIAC {
			dst = append(dst, telnetIAC)
		}
		dst = append(dst, b)
	}
	return dst
}

// telnetAnswers are answers on their way to the peer. They go before what the sending flow holds,
// but never between the two halves of a doubled IAC.
type telnetAnswers struct {
	held    []byte
	doubles bool // the sending flow doubles each IAC
}

// telnetAnswersMost bounds the held answers. A peer that asks for more and reads none is not read.
const telnetAnswersMost = 4096

// size returns how many bytes are held. A nil telnetAnswers never holds any.
func (a *telnetAnswers) size() int {
	if a == nil {
		return 0
	}
	return len(a.held)
}

func (a *telnetAnswers) room() bool { return a.size() < telnetAnswersMost }

func (a *telnetAnswers) drop() {
	if a != nil {
		a.held = nil
	}
}

// mayFollow reports whether answers can follow sent, the flow's bytes that the peer has.
func (a *telnetAnswers) mayFollow(sent []byte) bool {
	halves := 0
	for a.doubles && halves < len(sent) && sent[len(sent)-1-halves] == telnetIAC {
		halves++
	}
	return halves%2 == 0
}

// push writes the answers to dst, as far as dst takes them.
func (a *telnetAnswers) push(dst *Conn) error {
	for len(a.held) > 0 {
		n, err := dst.write(a.held)
		if err != nil {
			return err
		}
		a.held = a.held[n:]
	}
	return nil
}

// telnet returns a function that reads the peer's bytes as telnet and answers them. The function
// returns the bytes for the output.
func (s *Session) telnet() func(p []byte) []byte {
	t := newTelnet()
	return func(p []byte) []byte {
		var answer []byte
		if s.options.TelnetData {
			p, answer = t.strip(p)
		} else {
			answer = t.see(p)
		}
		if len(answer) > 0 {
			s.answer(answer)
		}
		return p
	}
}

// answer sends an answer. After the sending flow has ended it writes directly to the socket. The
// answer is a few bytes, for which the socket has room. If it has none, the peer does not read
// anyway. After a half-close the answer is lost.
func (s *Session) answer(p []byte) {
	if !s.send.ended() {
		s.answers.held = append(s.answers.held, p...)
	} else if _, err := s.peer.writer.write(s.peer.FD(), p); err != nil {
		return
	}
	if s.options.TelnetData {
		s.taps.add(p, true)
	}
}
