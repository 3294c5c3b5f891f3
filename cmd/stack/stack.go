// Package stack, once imported, gives the goroutine that initialises packages and runs main a stack of 8 KiB at once.
//
// Goroutines begin with a small stack and double it whenever it is too short. Each time the runtime copies the stack, for
// which it reads the tables of all functions on it, at a moment when none of them is in memory yet. On the way through
// the initialisation of some forty packages that is a tenth of the time of gnc connect -z. A package that imports nothing
// is initialised before those that do, so this comes first.
package stack

var _ = deepen(0)

// deepen has a frame for which no smaller stack will do.
//
//go:noinline
func deepen(i byte) byte {
	var frame [6000]byte
	return at(&frame, i)
}

// at keeps the compiler from doing without the frame.
//
//go:noinline
func at(frame *[6000]byte, i byte) byte { return frame[i] }
