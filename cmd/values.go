package cmd

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// duration is a flag's value: seconds as a number (3, 0.5), or with units (500ms, 2m, 1h30m). Never negative.
type duration time.Duration

// UnmarshalText reads what a person writes.
func (d *duration) UnmarshalText(text []byte) error {
	word := string(text)
	value, err := time.ParseDuration(word)
	if seconds, numberErr := strconv.ParseFloat(word, 64); numberErr == nil {
		if !(seconds >= 0 && seconds <= maxSeconds) {
			return fmt.Errorf("%q is not a duration of 0 to %d seconds", word, int64(maxSeconds))
		}
		value, err = time.Duration(seconds*float64(time.Second)), nil
	}
	if err != nil || value < 0 {
		return fmt.Errorf("%q is not a duration; write 3 (seconds), 0.5, 500ms or 2m", word)
	}
	*d = duration(value)
	return nil
}

// maxSeconds keeps a duration within an int64 of nanoseconds: about a hundred years.
const maxSeconds = 100 * 365 * 24 * 3600

// checkPort refuses a number that is no port. getaddrinfo(3) would take its low 16 bits, and connect somewhere else.
func checkPort(word string, least int) error {
	if word == "" { // a script's variable that was never set
		return errors.New("the port is empty")
	}
	n, err := strconv.Atoi(word)
	if errors.Is(err, strconv.ErrRange) || err == nil && (n < least || n > 65535) {
		return fmt.Errorf("port %s is not within %d and 65535", word, least)
	}
	return nil
}

// size is a flag's value: bytes as a number, or with a unit that is a power of 1024 (64K, 1M, 1MiB, 2G).
type size int64

// UnmarshalText reads what a person writes.
func (s *size) UnmarshalText(text []byte) error {
	word := string(text)
	digits := strings.TrimRight(word, "KMGTiBkb")
	unit := strings.ToUpper(strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(word[len(digits):]), "B"), "I"))
	shift, known := map[string]uint{"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[unit]
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || !known || n < 0 || n > math.MaxInt64>>shift {
		return fmt.Errorf("%q is not a size; write 4096, 64K, 1M or 1MiB", word)
	}
	*s = size(n << shift)
	return nil
}
