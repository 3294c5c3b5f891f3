package netio

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
