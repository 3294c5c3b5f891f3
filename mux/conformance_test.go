package mux

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// onEach runs a behaviour on every backend of this system.
func onEach(t *testing.T, behaviour func(t *testing.T, p Poller)) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			p, err := Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			behaviour(t, p)
		})
	}
}

func backendName(t *testing.T) string { return t.Name()[strings.LastIndex(t.Name(), "/")+1:] }

// reportsIdleErrors is false for the two backends that say nothing of a descriptor with an empty
// interest.
func reportsIdleErrors(t *testing.T) bool {
	return backendName(t) != "select" && backendName(t) != "kqueue"
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func pipe(t *testing.T) (r, w int) {
	t.Helper()
	var p [2]int
	must(t, unix.Pipe(p[:]))
	must(t, unix.SetNonblock(p[0], true))
	must(t, unix.SetNonblock(p[1], true))
	t.Cleanup(func() { unix.Close(p[0]); unix.Close(p[1]) })
	return p[0], p[1]
}

func socketpair(t *testing.T) (local, remote int) {
	t.Helper()
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	must(t, err)
	must(t, unix.SetNonblock(p[0], true))
	t.Cleanup(func() { unix.Close(p[0]); unix.Close(p[1]) })
	return p[0], p[1]
}

// now asks without waiting, and returns what is ready by descriptor.
func now(t *testing.T, p Poller) map[int]Events {
	t.Helper()
	return within(t, p, 0)
}

func within(t *testing.T, p Poller, d time.Duration) map[int]Events {
	t.Helper()
	var ready [16]Ready
	n, err := p.Wait(ready[:], d)
	must(t, err)
	got := map[int]Events{}
	for _, r := range ready[:n] {
		got[r.FD] |= r.Events
	}
	return got
}

func expect(t *testing.T, got map[int]Events, fd int, want Events) {
	t.Helper()
	if got[fd] != want {
		t.Fatalf("descriptor %d is %v, want %v (all: %v)", fd, got[fd], want, got)
	}
}

func TestReadableWithDataUntilItIsRead(t *testing.T) {
	onEach(t, func(t *testing.T, p Poller) {
		r, w := pipe(t)
		must(t, p.Set(r, Readable))
		expect(t, now(t, p), r, 0)
		unix.Write(w, []byte("ab"))
		var b [1]byte
		for range 2 { // level-triggered: the second byte is told of again
			expect(t, within(t, p, time.Minute), r, Readable)
			unix.Read(r, b[:])
		}
		expect(t, now(t, p), r, 0)
	})
}

func TestWritableWithRoom(t *testing.T) {
	onEach(t, func(t *testing.T, p Poller) {
		r, w := pipe(t)
		must(t, p.Set(w, Writable))
		expect(t, now(t, p), w, Writable)
		b := make([]byte, 1<<16)
		for err := error(nil); err == nil; {
			_, err = unix.Write(w, b)
		}
		expect(t, now(t, p), w, 0)
		for n := 1; n > 0; {
			n, _ = unix.Read(r, b)
		}
		expect(t, within(t, p, time.Minute), w, Writable)
	})
}

func TestInterestIsReplacedAsAWhole(t *testing.T) {
	onEach(t, func(t *testing.T, p Poller) {
		local, remote := socketpair(t)
		unix.Write(remote, []byte("x"))
		for _, want := range []Events{Readable, Writable, Readable | Writable, 0, Readable} {
			must(t, p.Set(local, want))
			must(t, p.Set(local, want)) // the same again changes nothing
			expect(t, now(t, p), local, want)
		}
		must(t, p.Forget(local))
		expect(t, now(t, p), local, 0)
		must(t, p.Forget(local))
		must(t, p.Forget(1000)) // unknown ones are nobody's mistake
		must(t, p.Set(local, Writable))
		expect(t, now(t, p), local, Writable)
	})
}

func TestForgottenNumberCanBeReused(t *testing.T) {
	onEach(t, func(t *testing.T, p Poller) {
		for range 3 {
			r, w := pipe(t)
			keepR, keepW := pipe(t)
			must(t, p.Set(keepR, Readable))
			must(t, p.Set(r, Readable))
			unix.Write(w, []byte("x"))
			expect(t, now(t, p), r, Readable)
			must(t, p.Forget(r))
			must(t, unix.Dup2(keepW, r)) // another descriptor of the same number
			must(t, p.Set(r, Writable))
			got := now(t, p)
			expect(t, got, r, Writable)
			expect(t, got, keepR, 0)
			must(t, p.Forget(r))
			must(t, p.Forget(keepR))
		}
	})
}

func TestFilesAreAlwaysReady(t *testing.T) {
	onEach(t, func(t *testing.T, p Poller) {
		f, err := os.Create(filepath.Join(t.TempDir(), "empty")) // at its end from the start
		must(t, err)
		defer f.Close()
		null, err := os.OpenFile("/dev/null", os.O_RDWR, 0)
		must(t, err)
		defer null.Close()
		r, w := pipe(t)
		must(t, p.Set(r, Readable))
		file, dev := int(f.Fd()), int(null.Fd())
		must(t, p.Set(file, Readable|Writable))
		must(t, p.Set(dev, Readable))
		got := within(t, p, time.Minute) // must not sleep
		expect(t, got, file, Readable|Writable)
		expect(t, got, dev, Readable)
		expect(t, got, r, 0)
		unix.Write(w, []byte("x"))
		expect(t, now(t, p), r, Readable) // nor hide the others
		must(t, p.Set(file, 0))
		must(t, p.Forget(dev))
		got = now(t, p)
		expect(t, got, file, 0)
		expect(t, got, dev, 0)
		must(t, p.Set(file, Writable))
		expect(t, now(t, p), file, Writable)
		must(t, p.Forget(file))
		expect(t, now(t, p), file, 0)
	})
}

func TestHangUpIsAllThatWasAskedFor(t *testing.T) {
	onEach(t, func(t *testing.T, p Poller) {
		local, remote := socketpair(t)
		r, w := pipe(t)
		must(t, p.Set(local, Readable|Writable))
		must(t, p.Set(r, Readable))
		must(t, unix.Close(remote))
		must(t, unix.Close(w))
		got := now(t, p)
		expect(t, got, local, Readable|Writable)
		expect(t, got, r, Readable)
		expect(t, now(t, p), r, Readable) // and it does not go away
		must(t, p.Forget(r))
		must(t, p.Forget(local))
		if got := now(t, p); len(got) != 0 {
			t.Fatalf("after Forget: %v", got)
		}
	})
}

func TestPipeWithoutReaderIsReadableAtItsWriteEnd(t *testing.T) {
	onEach(t, func(t *testing.T, p Poller) {
		r, w := pipe(t)
		must(t, p.Set(w, Readable))
		expect(t, now(t, p), w, 0)
		unix.Write(w, []byte("unread"))
		expect(t, now(t, p), w, 0)
		unix.Close(r)
		expect(t, within(t, p, time.Minute), w, Readable)
	})
}

func TestEmptyInterestTellsOfErrors(t *testing.T) {
	onEach(t, func(t *testing.T, p Poller) {
		r, w := pipe(t)
		must(t, p.Set(w, 0))
		expect(t, now(t, p), w, 0)
		unix.Close(r)
		want := HungUp
		if !reportsIdleErrors(t) {
			want = 0
		}
		expect(t, now(t, p), w, want)
	})
}

func TestMoreReadyThanFit(t *testing.T) {
	onEach(t, func(t *testing.T, p Poller) {
		f, err := os.Open("/dev/null")
		must(t, err)
		defer f.Close()
		want := map[int]bool{int(f.Fd()): true}
		must(t, p.Set(int(f.Fd()), Readable))
		for range 10 {
			r, w := pipe(t)
			unix.Write(w, []byte("x"))
			must(t, p.Set(r, Readable))
			want[r] = true
		}
		var ready [2]Ready
		for range 20 {
			n, err := p.Wait(ready[:], time.Minute)
			must(t, err)
			if n == 0 || n > 2 {
				t.Fatalf("Wait filled %d places of 2", n)
			}
			for _, r := range ready[:n] {
				delete(want, r.FD)
			}
		}
		if len(want) > 0 {
			t.Fatalf("never told of: %v", want)
		}
	})
}

func TestSignalEndsWaitEarly(t *testing.T) {
	onEach(t, func(t *testing.T, p Poller) {
		c := make(chan os.Signal, 1)
		notify(c)
		defer stopNotify(c)
		done := make(chan struct{})
		var once sync.Once
		go func() { // whichever thread takes the signal, sooner or later it is the one that waits
			for {
				select {
				case <-done:
					return
				default:
					syscall.Kill(os.Getpid(), syscall.SIGUSR1)
					time.Sleep(time.Millisecond)
				}
			}
		}()
		defer once.Do(func() { close(done) })
		for range 20 {
			if got := within(t, p, 20*time.Millisecond); len(got) != 0 {
				t.Fatalf("ready out of nothing: %v", got)
			}
		}
	})
}

func TestBadDescriptors(t *testing.T) {
	onEach(t, func(t *testing.T, p Poller) {
		if err := p.Set(-1, Readable); !errors.Is(err, unix.EBADF) {
			t.Fatalf("Set(-1) = %v", err)
		}
	})
}

func TestSelectNamesItsLimit(t *testing.T) {
	p, _ := openSelect()
	err := p.Set(setSize, Readable)
	if _, ok := errors.AsType[*limitError](err); !ok || !strings.Contains(err.Error(), "1024") ||
		!strings.Contains(err.Error(), backends[0].name) {
		t.Fatalf("Set(%d) = %v", setSize, err)
	}
	must(t, p.Set(setSize-1, 0))
	must(t, p.Forget(setSize))
}

func TestOpenSaysWhatThereIs(t *testing.T) {
	_, err := Open("nonesuch")
	if _, ok := errors.AsType[*UnknownError](err); !ok ||
		!strings.Contains(err.Error(), strings.Join(Names(), ", ")) {
		t.Fatalf("Open(nonesuch) = %v", err)
	}
	p, err := Open("auto")
	must(t, err)
	must(t, p.Close())
	if !slices.IsSorted([]int{slices.Index(Names(), "poll"), slices.Index(Names(), "select")}) {
		t.Fatalf("best first: %v", Names())
	}
}

// onEachLoop is onEach for a whole loop. Behaviours that wait for ever fail by the bound here.
func onEachLoop(t *testing.T, behaviour func(t *testing.T, l *Loop, ctx context.Context)) {
	onEach(t, func(t *testing.T, p Poller) {
		l, err := NewLoop(p)
		must(t, err)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		behaviour(t, l, ctx)
	})
}

// String is for the messages of the tests.
func (e Events) String() string {
	if e == HungUp {
		return "hung up"
	}
	return [...]string{"none", "readable", "writable", "readable|writable"}[e&(Readable|Writable)]
}
