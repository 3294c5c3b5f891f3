// Package sigdefault has SIGQUIT, SIGALRM, SIGUSR1 and SIGUSR2 end the program as they end one that
// is written in C, for as long as the program has not asked to hear of them. Left to Go, the first
// prints a trace of all goroutines and ends with status 2, and the others do nothing.
//
// Once imported it does so before other packages are initialised: packages come in the order of
// their paths as soon as all that they import is there, and this one imports nothing. That is why
// the system call is in assembly.
//
// Two things are left. Go's runtime puts its handlers into place before any code of ours runs, and
// needs some tenths of a millisecond until it comes to this package. And it keeps to itself which
// of these four were ignored when the program began; of SIGINT and SIGHUP, which are its own matter
// until they are asked for, it tells: see signal.Ignored.
package sigdefault
