package cmd

import (
	"time"

	"gnc/resolve"
)

// startPoller has Go's runtime open its poller now. The runtime does so at the first timer, and has timers of its own: one
// begins when it gives memory back, at any moment of a server's life. A server that has as many clients as it may have open
// files then would be ended with a stack trace. Where there is no room already, it serves without.
func startPoller() {
	if resolve.CheckPoller() == nil {
		time.AfterFunc(time.Hour, func() {}).Stop()
	}
}
