package netio

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"golang.org/x/sys/unix"
)

// fickle is a channel that gives and takes random pieces, with EAGAIN and EINTR between them.
type fickle struct {
	rand   *rand.Rand
	in     []byte // bytes to be read
	inErr  error  // comes after in; nil: the end
	out    bytes.Buffer
	outErr error // comes once room bytes have been taken
	room   int
	shut   bool
	log    *bytes.Buffer // gets a copy of the bytes that were read, or nil
}

func (f *fickle) whim() error {
	switch f.rand.IntN(8) {
	case 0:
		return unix.EINTR
	case 1, 2:
		return unix.EAGAIN
	}
	return nil
}

func (f *fickle) read(_ int, p []byte) (int, error) {
	if err := f.whim(); err != nil {
		return 0, err
	}
	if len(f.in) == 0 {
		return 0, f.inErr
	}
	n := copy(p[:1+f.rand.IntN(len(p))], f.in)
	if f.log != nil {
		f.log.Write(f.in[:n])
	}
	f.in = f.in[n:]
	return n, nil
}

func (f *fickle) write(_ int, p []byte) (int, error) {
	if f.shut {
		panic("written after the half-close")
	}
	if err := f.whim(); err != nil {
		return 0, err
	}
	if f.outErr != nil && f.out.Len() >= f.room {
		return 0, f.outErr
	}
	n := 1 + f.rand.IntN(len(p))
	f.out.Write(p[:n])
	return n, nil
}

func (f *fickle) closeWrite(*Conn) error {
	f.shut = true
	return nil
}

// runFickle drives a flow as a loop would. It reports a descriptor only if the derived interest
// asks for it, in a random order, sometimes in vain. It fails the test if the flow waits for
// nothing, or never ends.
func runFickle(t *testing.T, r *rand.Rand, f *Flow) {
	t.Helper()
	for range 1 << 20 {
		f.step()
		if f.ended() {
			return
		}
		reads, writes := f.wantsRead(), f.wantsWrite()
		if !reads && !writes {
			t.Fatalf("a flow in state %d waits for nothing", f.state)
		}
		f.src.readReady = f.src.readReady || reads && r.IntN(2) == 0
		f.dst.writeReady = f.dst.writeReady || writes && r.IntN(2) == 0
	}
	t.Fatal("the flow never ends")
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestFlowLosesAndReordersNothing(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		want := randomBytes(r, r.IntN(3<<20))
		src := &fickle{rand: r, in: want}
		dst := &fickle{rand: r}
		oneShot := seed%3 == 0
		f := newFlow(&Conn{reader: src, writer: src, oneShot: oneShot}, &Conn{reader: dst, writer: dst, oneShot: oneShot}, &copier{pool: &pool{size: bufferSize}})
		runFickle(t, r, f)
		if f.state != flowShut || f.err != nil || !dst.shut {
			t.Fatalf("seed %d: state %d, %v", seed, f.state, f.err)
		}
		if !bytes.Equal(dst.out.Bytes(), want) || f.moved != int64(len(want)) {
			t.Fatalf("seed %d: %d bytes went in, %d came out", seed, len(want), dst.out.Len())
		}
	}
}

func TestFlowDeliversWhatCameBeforeAFailure(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 2))
		want := randomBytes(r, r.IntN(1<<20))
		src := &fickle{rand: r, in: want, inErr: unix.ECONNRESET}
		dst := &fickle{rand: r}
		f := newFlow(&Conn{reader: src, writer: src}, &Conn{reader: dst, writer: dst}, &copier{pool: &pool{size: bufferSize}})
		runFickle(t, r, f)
		if f.state != flowDead || !errors.Is(f.err, unix.ECONNRESET) || dst.shut {
			t.Fatalf("seed %d: state %d, %v, shut %v", seed, f.state, f.err, dst.shut)
		}
		if !bytes.Equal(dst.out.Bytes(), want) {
			t.Fatalf("seed %d: %d bytes came before the reset, %d were delivered", seed, len(want), dst.out.Len())
		}
	}
}

func TestFlowEndsWithItsSink(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 3))
		src := &fickle{rand: r, in: randomBytes(r, 1<<20)}
		dst := &fickle{rand: r, outErr: unix.EPIPE, room: r.IntN(1 << 19)}
		p := &pool{size: bufferSize}
		f := newFlow(&Conn{reader: src, writer: src}, &Conn{reader: dst, writer: dst}, &copier{pool: p})
		runFickle(t, r, f)
		if f.state != flowDead || !errors.Is(f.err, unix.EPIPE) || f.moved != int64(dst.out.Len()) {
			t.Fatalf("seed %d: state %d, %v, %d of %d bytes", seed, f.state, f.err, f.moved, dst.out.Len())
		}
		if f.mover.held() != 0 || len(p.free) == 0 {
			t.Fatalf("seed %d: a dead flow keeps a buffer", seed)
		}
	}
}

func TestStepHasABudget(t *testing.T) {
	src := &Conn{reader: zeroes{}, writer: zeroes{}}
	dst := &Conn{reader: zeroes{}, writer: zeroes{}}
	f := newFlow(src, dst, &copier{pool: &pool{size: bufferSize}})
	if n := f.step(); n < stepBudget || n > stepBudget+bufferSize {
		t.Fatalf("a step moved %d bytes", n)
	}
	if f.wantsRead() == f.wantsWrite() {
		t.Fatal("after a full step the flow must wait for exactly one of its ends")
	}
}

// TestStepOfWhatIsLostHasABudget checks that a step also has a budget for bytes that the mover
// reads only to drop them.
func TestStepOfWhatIsLostHasABudget(t *testing.T) {
	src := &Conn{reader: &fewer{left: 100 * stepBudget}, writer: &fewer{left: 100 * stepBudget}}
	m := &corrupter{copier: copier{pool: &pool{size: bufferSize}}, lossy: true}
	f := newFlow(src, &Conn{reader: zeroes{}, writer: zeroes{}}, m)
	f.step()
	if m.passed < stepBudget || m.passed > stepBudget+bufferSize {
		t.Fatalf("a step read %d bytes", m.passed)
	}
	if !f.wantsRead() {
		t.Fatal("after a full step the flow must wait for more")
	}
}

// fewer gives left bytes, and takes everything.
type fewer struct {
	zeroes
	left int
}

func (f *fewer) read(_ int, p []byte) (int, error) {
	n := min(len(p), f.left)
	f.left -= n
	return n, nil
}

// zeroes gives bytes without end, and takes everything.
type zeroes struct{}

func (zeroes) read(_ int, p []byte) (int, error)  { return len(p), nil }
func (zeroes) write(_ int, p []byte) (int, error) { return len(p), nil }
func (zeroes) closeWrite(*Conn) error             { return nil }
