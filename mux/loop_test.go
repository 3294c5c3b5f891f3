package mux

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func notify(c chan os.Signal)     { signal.Notify(c, syscall.SIGUSR1) }
func stopNotify(c chan os.Signal) { signal.Stop(c) }

func TestTimersRunInOrder(t *testing.T) {
	onEachLoop(t, func(t *testing.T, l *Loop, ctx context.Context) {
		var got []int
		add := func(n int) func() { return func() { got = append(got, n) } }
		l.After(30*time.Millisecond, l.Stop)
		l.After(20*time.Millisecond, add(3))
		first := l.After(time.Millisecond, add(1))
		stopped := l.After(2*time.Millisecond, add(99))
		again := l.After(time.Hour, add(4))
		l.After(time.Millisecond, func() {
			add(2)()
			stopped.Stop()
			stopped.Stop()
			again.Reset(21 * time.Millisecond)
			first.Stop() // has run: nothing to stop
		})
		must(t, l.Run(ctx))
		if want := []int{1, 2, 3, 4}; !slices.Equal(got, want) {
			t.Fatalf("ran %v, want %v", got, want)
		}
	})
}

func TestTimerIsNeverEarly(t *testing.T) {
	onEachLoop(t, func(t *testing.T, l *Loop, ctx context.Context) {
		begin := time.Now()
		l.After(1500*time.Microsecond, l.Stop)
		must(t, l.Run(ctx))
		if took := time.Since(begin); took < 1500*time.Microsecond {
			t.Fatalf("a timer of 1.5 ms ran after %v", took)
		}
		if l.Waits() > 3 {
			t.Fatalf("waited %d times for one timer", l.Waits())
		}
	})
}

func TestPostFromManyGoroutines(t *testing.T) {
	onEachLoop(t, func(t *testing.T, l *Loop, ctx context.Context) {
		const goroutines, posts = 20, 500
		last := make([]int, goroutines)
		left := goroutines * posts
		var all sync.WaitGroup
		for g := range goroutines {
			all.Go(func() {
				for i := 1; i <= posts; i++ {
					l.Post(func() {
						if last[g] != i-1 {
							t.Errorf("goroutine %d: post %d after %d", g, i, last[g])
						}
						last[g] = i
						if left--; left == 0 {
							l.Stop()
						}
					})
				}
			})
		}
		must(t, l.Run(ctx))
		all.Wait()
		must(t, l.Release())
		l.Post(func() { t.Error("ran after Release") })
	})
}

func TestHandlerClosesAnotherOfTheSameBatch(t *testing.T) {
	onEachLoop(t, func(t *testing.T, l *Loop, ctx context.Context) {
		// Both are ready at once. The handler that runs first closes the other, and a descriptor made
		// right then must not get the other's number, nor its event.
		r1, w1 := pipe(t)
		r2, w2 := pipe(t)
		unix.Write(w1, []byte("x"))
		unix.Write(w2, []byte("x"))
		calls := 0
		close := func(other, w int) handlerFunc {
			return func(Events) {
				calls++
				fresh, err := unix.Dup(w)
				must(t, err)
				l.Close(other)
				again, err := unix.Dup(w)
				must(t, err)
				if fresh == other || again == other {
					t.Errorf("descriptor %d is reused within the batch", other)
				}
				unix.Close(fresh)
				unix.Close(again)
				l.After(0, l.Stop)
				l.Forget(r1)
				l.Forget(r2)
			}
		}
		must(t, l.Watch(r1, Readable, close(r2, w1)))
		must(t, l.Watch(r2, Readable, close(r1, w2)))
		must(t, l.Run(ctx))
		if calls != 1 {
			t.Fatalf("%d handlers ran, want 1", calls)
		}
	})
}

// A number that CloseNow gives back may be another descriptor's at once, whose handler must not
// meet the old one's event.
func TestCloseNowVoidsTheBatch(t *testing.T) {
	onEachLoop(t, func(t *testing.T, l *Loop, ctx context.Context) {
		r1, w1 := pipe(t)
		r2, w2 := pipe(t)
		unix.Write(w1, []byte("x"))
		unix.Write(w2, []byte("x"))
		calls, stale := 0, 0
		close := func(other int) handlerFunc {
			return func(Events) {
				calls++
				must(t, l.CloseNow(other))
				fresh, _ := pipe(t)
				if fresh != other {
					t.Errorf("descriptor %d was not given back", other)
				}
				must(t, l.Watch(fresh, Readable, handlerFunc(func(Events) { stale++ })))
				l.Forget(r1 + r2 - other)
				l.After(0, l.Stop)
			}
		}
		must(t, l.Watch(r1, Readable, close(r2)))
		must(t, l.Watch(r2, Readable, close(r1)))
		must(t, l.Run(ctx))
		if calls != 1 || stale != 0 {
			t.Fatalf("%d handlers ran, want 1; %d met the event of another", calls, stale)
		}
	})
}

func TestHandlerForgetsAnotherOfTheSameBatch(t *testing.T) {
	onEachLoop(t, func(t *testing.T, l *Loop, ctx context.Context) {
		r1, w1 := pipe(t)
		r2, w2 := pipe(t)
		unix.Write(w1, []byte("x"))
		unix.Write(w2, []byte("x"))
		calls := 0
		once := handlerFunc(func(Events) {
			calls++
			l.Forget(r1)
			l.Forget(r2)
			l.Stop()
		})
		must(t, l.Watch(r1, Readable, once))
		must(t, l.Watch(r2, Readable, once))
		must(t, l.Run(ctx))
		if calls != 1 {
			t.Fatalf("%d handlers ran, want 1", calls)
		}
	})
}

func TestIdleLoopSleeps(t *testing.T) {
	onEachLoop(t, func(t *testing.T, l *Loop, ctx context.Context) {
		r, _ := pipe(t)
		must(t, l.Watch(r, Readable, handlerFunc(func(Events) { t.Error("told of nothing") })))
		l.After(200*time.Millisecond, l.Stop)
		must(t, l.Run(ctx))
		if l.Waits() > 2 {
			t.Fatalf("an idle loop asked its poller %d times", l.Waits())
		}
	})
}

func TestRunEndsWithItsContext(t *testing.T) {
	onEachLoop(t, func(t *testing.T, l *Loop, ctx context.Context) {
		cause := errors.New("enough")
		ctx, cancel := context.WithCancelCause(ctx)
		time.AfterFunc(10*time.Millisecond, func() { cancel(cause) })
		if err := l.Run(ctx); !errors.Is(err, cause) {
			t.Fatalf("Run = %v", err)
		}
		must(t, l.Release())
	})
}

func TestReleaseLeavesNoDescriptor(t *testing.T) {
	onEach(t, func(t *testing.T, _ Poller) {
		before := openDescriptors(t)
		p, err := Open(backendName(t))
		must(t, err)
		l, err := NewLoop(p)
		must(t, err)
		r, w := pipe(t)
		must(t, l.Watch(r, Readable, handlerFunc(func(Events) {})))
		l.Close(r)
		l.Close(w)
		must(t, l.Release())
		if after := openDescriptors(t); after != before {
			t.Fatalf("%d descriptors open, %d before", after, before)
		}
	})
}

// openDescriptors counts by trying: /proc/self/fd is not everywhere.
func openDescriptors(t *testing.T) int {
	t.Helper()
	n := 0
	for fd := range 256 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			n++
		}
	}
	return n
}

// handlerFunc is a function that is a Handler.
type handlerFunc func(ev Events)

func (f handlerFunc) Ready(ev Events) { f(ev) }
