package netio

import (
	"fmt"
	"strconv"
	"time"
)

// ParseDuration reads seconds as a number (3, 0.5), or a duration with units (500ms, 2m, 1h30m). It is never negative,
// and about a hundred years at most.
func ParseDuration(word string) (time.Duration, error) {
	value, err := time.ParseDuration(word)
	if seconds, numberErr := strconv.ParseFloat(word, 64); numberErr == nil {
		if !(seconds >= 0 && seconds <= maxSeconds) {
			return 0, fmt.Errorf("%q is not a duration of 0 to %d seconds", word, int64(maxSeconds))
		}
		value, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || value < 0 {
		return 0, fmt.Errorf("%q is not a duration; write 3 (seconds), 0.5, 500ms or 2m", word)
	}
	return value, nil
}

// maxSeconds keeps a duration within an int64 of nanoseconds: about a hundred years.
const maxSeconds = 100 * 365 * 24 * 3600
