package startup

// The goroutine that initialises packages and runs main gets a stack of 8 KiB at once. Goroutines begin with a small stack
// and double it whenever it is too short. Each time the runtime copies the stack, for which it reads the tables of all
// functions on it, at a moment when none of them is in memory yet. On the way through the initialisation of some forty
// packages that is a tenth of the time of gnc connect -z.

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
