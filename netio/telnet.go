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

// telnet refuses every option that a peer offers or asks for (RFC 854). What it sees stays as it is: the commands are
// part of what the peer sent, as with every netcat.
type telnet struct {
	state  func(t *telnet, b byte)
	verb   byte
	answer []byte
}

func newTelnet() *telnet { return &telnet{state: (*telnet).data} }

// see looks at bytes from the peer and returns what is to be answered.
func (t *telnet) see(p []byte) []byte {
	t.answer = nil
	for _, b := range p {
		t.state(t, b)
	}
	return t.answer
}

func (t *telnet) data(b byte) {
	if b == telnetIAC {
		t.state = (*telnet).command
	}
}

func (t *telnet) command(b byte) {
	switch b {
	case telnetWill, telnetWont, telnetDo, telnetDont:
		t.verb, t.state = b, (*telnet).option
	case telnetSB:
		t.state = (*telnet).sub
	default: // IAC IAC is a byte of data; the others have no option
		t.state = (*telnet).data
	}
}

func (t *telnet) option(b byte) {
	switch t.verb {
	case telnetWill:
		t.answer = append(t.answer, telnetIAC, telnetDont, b)
	case telnetDo:
		t.answer = append(t.answer, telnetIAC, telnetWont, b)
	}
	t.state = (*telnet).data
}

// sub skips a subnegotiation, to IAC SE.
func (t *telnet) sub(b byte) {
	if b == telnetIAC {
		t.state = (*telnet).subCommand
	}
}

func (t *telnet) subCommand(b byte) {
	t.state = (*telnet).sub
	if b == telnetSE {
		t.state = (*telnet).data
	}
}
