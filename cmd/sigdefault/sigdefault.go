// Package sigdefault has SIGQUIT, SIGALRM, SIGUSR1 and SIGUSR2 end the program as they end a C
// program, for as long as the program does not handle them itself. Go's runtime would print a trace
// of all goroutines for SIGQUIT and end with status 2, and would ignore the others.
//
// It works when it is imported, before other packages are initialised: Go initialises packages in
// the order of their paths, each as soon as its imports are initialised, and this one imports
// nothing. That is why the system call is in assembly. Package cmd calls Unset after it
// has asked for signals, and Set before it gives them back.
//
// Two gaps remain. Go's runtime installs its handlers before any code of ours runs, and comes to
// this package some tenths of a millisecond later. And it does not reveal which of the four signals
// were ignored when the program began. Of SIGINT and SIGHUP, which the runtime handles only on
// request, it does: see signal.Ignored.
package sigdefault
