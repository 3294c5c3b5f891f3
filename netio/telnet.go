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

// strip does the same, and moves the data to the beginning of p.
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
