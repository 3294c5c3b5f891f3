package mux

import (
	"context"
	"testing"

	"golang.org/x/sys/unix"
)

// TestCrowd has descriptors join a crowd and leave it: for a handler of their own and back,
// forgotten, and closed.
func TestCrowd(t *testing.T) {
	onEachLoop(t, func(t *testing.T, l *Loop, ctx context.Context) {
		const members = 300 // more than one report of a backend has room for
		var told [members]int
		byFD := make(map[int]int)
		left := members
		readOne := func(fd int) {
			var b [1]byte
			unix.Read(fd, b[:])
			if left--; left == 0 {
				l.Stop()
			}
		}
		crowd := l.NewCrowd(func(fd int, ev Events) {
			if ev&Readable == 0 {
				t.Errorf("told of %v", ev)
			}
			told[byFD[fd]]++
			readOne(fd)
		})
		var fds [members]int
		for i := range fds {
			r, w := pipe(t)
			must(t, crowd.Watch(r, Readable))
			fds[i], byFD[r] = r, i
			unix.Write(w, []byte("x"))
		}
		own := 0
		alone := handlerFunc(func(Events) { own++; readOne(fds[0]) })
		must(t, l.Watch(fds[0], Readable, alone)) // leaves
		must(t, l.Watch(fds[1], Readable, alone)) // leaves, and comes back
		must(t, crowd.Watch(fds[1], Readable))
		l.Forget(fds[2])
		l.Close(fds[3])
		left -= 2
		must(t, l.Run(ctx))
		for i, n := range told {
			want := 1
			if i == 0 || i == 2 || i == 3 {
				want = 0
			}
			if n != want {
				t.Errorf("member %d was told %d times, want %d", i, n, want)
			}
		}
		if own != 1 {
			t.Errorf("who left was told %d times", own)
		}
		handlers := 0
		l.Handlers(func(Handler) { handlers++ })
		if handlers != 2 {
			t.Errorf("%d handlers, want the loop's own and one", handlers)
		}
		seen := make(map[int]bool)
		crowd.Each(func(fd int) { seen[fd] = true; l.Forget(fd) })
		for i, fd := range fds {
			if want := i != 0 && i != 2 && i != 3; seen[fd] != want {
				t.Errorf("Each of member %d: %v, want %v", i, seen[fd], want)
			}
		}
		crowd.Each(func(fd int) { t.Errorf("%d is still there", fd) })
	})
}
