package netio

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"golang.org/x/sys/unix"
)

// TestTelnetAnswersCutNoEscape sends random pieces with many bytes 255 to a peer that always asks
// for options. The peer must get every data byte, and every answer whole.
func TestTelnetAnswersCutNoEscape(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 11))
		want := randomBytes(r, 1+r.IntN(100_000))
		for i := range want {
			if r.IntN(2) == 0 {
				want[i] = telnetIAC
			}
		}
		s := &Session{options: SessionOptions{Telnet: true, TelnetData: true}, answers: &telnetAnswers{doubles: true}}
		dst := &fickle{rand: r}
		s.peer = &Conn{reader: dst, writer: dst}
		m := &inspected{copier: copier{pool: &pool{size: 4096}}, sent: true, answers: s.answers, edits: []editor{doubled{}}}
		s.send = newFlow(&Conn{reader: &fickle{rand: r, in: want}, writer: &fickle{rand: r, in: want}}, s.peer, m)
		asked := 0
		for !s.send.ended() {
			if r.IntN(3) == 0 && s.answers.room() {
				s.answer([]byte{telnetIAC, telnetWont, 24})
				asked++
			}
			s.send.step()
			s.send.src.readReady, s.peer.writeReady = true, true
		}
		if s.send.err != nil || !dst.shut || s.send.moved != int64(len(want)+bytes.Count(want, []byte{telnetIAC})) {
			t.Fatalf("seed %d: moved %d, %v", seed, s.send.moved, s.send.err)
		}
		came := bytes.Clone(dst.out.Bytes())
		data, _ := newTelnet().strip(bytes.Clone(came))
		answers := len(came) - int(s.send.moved)
		if !bytes.Equal(data, want) || answers != 3*asked {
			t.Fatalf("seed %d: %d bytes of data came, want %d; %d bytes of answers to %d", seed, len(data), len(want), answers, asked)
		}
	}
}

// TestTelnetAnswersAreBounded has a peer ask again and again without reading the answers. The
// session must stop reading once it has no room for more answers.
func TestTelnetAnswersAreBounded(t *testing.T) {
	s := &Session{options: SessionOptions{Telnet: true, TelnetData: true}, answers: &telnetAnswers{doubles: true}}
	s.send = &Flow{}
	asks := &fickle{rand: rand.New(rand.NewPCG(1, 12)), in: bytes.Repeat([]byte{telnetIAC, telnetDo, 24}, 1<<20), inErr: unix.EAGAIN}
	m := &inspected{copier: copier{pool: &pool{size: 4096}}, answers: s.answers, look: s.telnet()}
	f := newFlow(&Conn{reader: asks, writer: asks}, &Conn{reader: &fickle{}, writer: &fickle{}}, m)
	for range 10_000 {
		f.step()
		f.src.readReady = true
	}
	if f.wantsRead() || s.answers.size() > telnetAnswersMost+4096 {
		t.Fatalf("%d bytes of answers are held", s.answers.size())
	}
	s.answers.drop()
	if !f.wantsRead() {
		t.Fatal("with room again, the peer is not read")
	}
}
