package cmd

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"gnc/netio/address"
	"gnc/netio/printable"
)

// duration is a flag's value: seconds as a number (3, 0.5), or with units (500ms, 2m, 1h30m). Never
// negative.
type duration time.Duration

// UnmarshalText reads what a person writes.
func (d *duration) UnmarshalText(text []byte) error {
	value, err := address.ParseDuration(string(text))
	*d = duration(value)
	return err
}

// escaped is a text whose escapes have been read: what a person writes for bytes that no argument
// can hold, or no keyboard has.
type escaped string

// UnmarshalText reads what a person writes.
func (e *escaped) UnmarshalText(text []byte) error {
	s, err := printable.Unescape(string(text))
	*e = escaped(s)
	return err
}

// checkPort refuses a number that is no port. getaddrinfo(3) would take its low 16 bits, and
// connect somewhere else.
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

// size is a flag's value: bytes as a number, or with a unit that is a power of 1024 (64K, 1M, 1MiB,
// 2G). It is one at least: 0 stands for a flag that was not given, and a command line that has it
// means something else.
type size int64

// UnmarshalText reads what a person writes.
func (s *size) UnmarshalText(text []byte) error {
	n, err := parseSize(string(text))
	if err == nil && n == 0 {
		err = fmt.Errorf("%q is not a size of 1 or more; leave the flag out for none", text)
	}
	*s = size(n)
	return err
}

// total is what there may be of something in all: a size, or 0.
type total int64

// UnmarshalText reads what a person writes.
func (t *total) UnmarshalText(text []byte) error {
	n, err := parseSize(string(text))
	*t = total(n)
	return err
}

func parseSize(word string) (int64, error) {
	digits := strings.TrimRight(word, "KMGTiBkb")
	unit := strings.ToUpper(strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(word[len(digits):]), "B"), "I"))
	shift, known := map[string]uint{"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[unit]
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || !known || n < 0 || strings.HasPrefix(digits, "-") || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%q is not a size; write 4096, 64K, 1M or 1MiB", word)
	}
	return n << shift, nil
}

// asInt is a size that the system takes as an int of 32 bits.
func (s size) asInt() int { return int(min(s, math.MaxInt32)) }

// count is a flag's value: how many of something, one at least. 0 stands for a flag that was not
// given.
type count int

// UnmarshalText reads what a person writes.
func (c *count) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 32)
	switch {
	case errors.Is(err, strconv.ErrRange) && n > 0:
		return fmt.Errorf("%s is more than %d", text, n)
	case err == nil && n < 1, errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%s is less than 1", text)
	case err != nil:
		return fmt.Errorf("%q is not a number", text)
	}
	*c = count(n)
	return nil
}
