// Package startup, once imported, makes the first millisecond of the program a shorter one, which
// for many runs is all they take. Packages are initialised in the order of their paths as soon as
// all that they import is: this one imports the runtime alone, and so precedes those that have much
// to do.
package startup

import "runtime"

// The program begins on one processor. While forty packages are initialised, several of them start
// a goroutine that says once that it is there; with a second processor each wakes another thread
// for it, and while that runs, every page that is written for the first time interrupts it. Of gnc
// resolve localhost this is a thirtieth.
var all = runtime.GOMAXPROCS(1)

// AllProcessors gives the program the others, if it has not got them yet. It is for whoever starts
// a goroutine that has something to do beside its own.
func AllProcessors() {
	if all > 1 && runtime.GOMAXPROCS(0) == 1 {
		runtime.GOMAXPROCS(all)
	}
}

// The goroutine that initialises packages and runs main gets a stack of 8 KiB at once. Goroutines
// begin with a small stack and double it whenever it is too short. Each time the runtime copies the
// stack, for which it reads the tables of all functions on it, at a moment when none of them is in
// memory yet. On the way through the initialisation of some forty packages that is a tenth of the
// time of gnc connect -z.

// depth is more than the two next smaller stacks have room for.
const depth = 6000

var _ = deepen(0)

// deepen has a frame of that depth.
//
//go:noinline
func deepen(i byte) byte {
	var frame [depth]byte
	return at(&frame, i)
}

// at keeps the compiler from doing without the frame.
//
//go:noinline
func at(frame *[depth]byte, i byte) byte { return frame[i] }
