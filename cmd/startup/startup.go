// Package startup shortens the first millisecond of the program, which is all that many runs take.
// It works when it is imported. Go initialises packages in the order of their paths, each as soon as
// its imports are initialised. This package imports the runtime alone, and so comes before the
// packages that have much to do. Without its two tricks gnc connect -z takes 30 more page faults and
// a fifth more time.
package startup

import "runtime"

// The first trick: the program begins on one processor. While forty packages are initialised,
// several of them start a goroutine that only announces itself. With a second processor each wakes
// another thread, and while that thread runs, every page that is written for the first time
// interrupts it. Of gnc resolve localhost this is a thirtieth.
var all = runtime.GOMAXPROCS(1)

// AllProcessors gives the program the other processors, if it has not got them yet. Call it before
// a goroutine starts that works beside the caller's own.
func AllProcessors() {
	if all > 1 && runtime.GOMAXPROCS(0) == 1 {
		runtime.GOMAXPROCS(all)
	}
}

// The second trick: the goroutine that initialises packages and runs main gets a stack of 32 KiB
// at once. Goroutines begin with a small stack and double it whenever it is too short. Each time the
// runtime copies the stack, for which it reads the tables of all functions on it, at a moment when
// none of them is in memory yet. On the way through the initialisation of some forty packages that
// is a tenth of the time of gnc connect -z.
var _ = deepen(false)

// depth does not fit on a stack of 16 KiB or less, the sizes that come before.
const depth = 17000

// deepen has a frame of that depth. Unless it uses the frame, no page of it is written before it is
// needed: that saves two or three page faults.
//
//go:noinline
func deepen(use bool) byte {
	if !use {
		return 0
	}
	var frame [depth]byte
	return at(&frame)
}

// at has the compiler keep the frame.
//
//go:noinline
func at(frame *[depth]byte) byte { return frame[0] }
