//go:build !linux || !(amd64 || arm64)

package sigdefault

// Set does nothing: the signals stay Go's until the program asks to be told of them.
func Set() {}

// Unset does nothing.
func Unset() {}
