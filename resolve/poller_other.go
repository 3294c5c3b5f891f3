//go:build !linux

package resolve

// CheckPoller never fails here: of other systems than Linux nothing is known.
func CheckPoller() error { return nil }
