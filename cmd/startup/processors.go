// Package startup, once imported, makes the first millisecond of the program a shorter one, which for many runs is all they
// take. Packages are initialised in the order of their paths as soon as all that they import is: this one imports the
// runtime alone, and so precedes those that have much to do.
package startup

import "runtime"

// The program begins on one processor. While forty packages are initialised, several of them start a goroutine that says
// once that it is there; with a second processor each wakes another thread for it, and while that runs, every page that
// is written for the first time interrupts it. Of gnc resolve localhost this is a thirtieth.
var all = runtime.GOMAXPROCS(1)

// AllProcessors gives the program the others, if it has not got them yet. It is for whoever starts a goroutine that has
// something to do beside its own.
func AllProcessors() {
	if all > 1 && runtime.GOMAXPROCS(0) == 1 {
		runtime.GOMAXPROCS(all)
	}
}
