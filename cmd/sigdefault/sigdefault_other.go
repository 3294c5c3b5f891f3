//go:build !linux || !(amd64 || arm64)

package sigdefault

// Set does nothing: Go's runtime keeps the signals until the program asks for them.
func Set() {}

// Unset does nothing.
func Unset() {}
