package address

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseDuration reads seconds as a number (3, 0.5), or a duration with units (500ms, 2m, 1h30m).
// The result is never negative, and at most about a hundred years. A value below one nanosecond
// becomes one, because 0 often means "no bound". Only a written 0 is 0.
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

// isZero reports whether a number that reads as 0 was written as 0: no digit but 0 stands before
// its exponent. The number can be decimal or hexadecimal.
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
