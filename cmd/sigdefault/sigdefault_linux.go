//go:build amd64 || arm64

package sigdefault

// action is the kernel's struct sigaction. Its zero value is SIG_DFL without flags. Any other value
// is only kept and given back.
type action [4]uint64

// signals are SIGQUIT, SIGUSR1, SIGUSR2 and SIGALRM.
var signals = [...]uintptr{3, 10, 12, 14}

// theirs are the handlers of Go's runtime, known if the first calls of sigaction succeeded.
var theirs, known = begin()

func begin() (actions [len(signals)]action, known bool) {
	known = true
	for i, s := range signals {
		known = sigaction(s, &action{}, &actions[i]) == 0 && known
	}
	return actions, known
}

// Set gives the signals their default action.
func Set() {
	for _, s := range signals {
		sigaction(s, &action{}, nil)
	}
}

// Unset gives the signals back to Go's runtime, for which its handlers have always been there. Call
// it after signal.Notify.
func Unset() {
	for i, s := range signals {
		if known {
			sigaction(s, &theirs[i], nil)
		}
	}
}

// sigaction is rt_sigaction(2). Its result is 0 or an error's number.
//
//go:noescape
func sigaction(signal uintptr, to, from *action) (errno uintptr)
