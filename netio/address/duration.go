package address

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseDuration reads seconds as a number (3, 0.5), or a duration with units (500ms, 2m, 1h30m). It
// is never negative, and about a hundred years at most. What is less than a nanosecond is one,
// unless it is 0: that often means "no bound".
func ParseDuration(word string) (time.Duration, error) {
	value, err := time.ParseDuration(word)
	if seconds, numberErr := strconv.ParseFloat(word, 64); numberErr == nil {
		if !(seconds >= 0 && seconds <= maxSeconds) {
			return 0, tooLong(word)
		}
		value, err = time.Duration(seconds*float64(time.Second)), nil
	}
	switch {
	case err != nil, value < 0, strings.HasPrefix(word, "-"):
		return 0, fmt.Errorf("%q is not a duration; write 3 (seconds), 0.5, 500ms or 2m", word)
	case value > maxSeconds*time.Second:
		return 0, tooLong(word)
	case value == 0 && !isZero(word):
		return 1, nil
	}
	return value, nil
}

// maxSeconds keeps a duration within an int64 of nanoseconds: about a hundred years.
const maxSeconds = 100 * 365 * 24 * 3600

func tooLong(word string) error {
	return fmt.Errorf("%q is not a duration of 0 to %d seconds", word, int64(maxSeconds))
}

// isZero reports whether a number that reads as 0 was written as 0, whatever its exponent: digits
// of other numbers, decimal or hexadecimal, are in front of it.
func isZero(word string) bool {
	exponent, digits := "eE", "123456789"
	if strings.ContainsAny(word, "xX") {
		exponent, digits = "pP", "123456789abcdefABCDEF"
	}
	if i := strings.IndexAny(word, exponent); i >= 0 {
		word = word[:i]
	}
	return !strings.ContainsAny(word, digits)
}
