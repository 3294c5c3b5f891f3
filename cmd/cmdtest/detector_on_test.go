//go:build race

package cmdtest

// The race detector multiplies memory by five to ten: bounds on it hold without.
const raceDetector = true
