//go:build !linux

package resolve

// CheckPoller fails where Go's poller could not start; of other systems that is not known.
func CheckPoller() error { return nil }
