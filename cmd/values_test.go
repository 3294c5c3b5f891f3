package cmd

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"gnc/cmd/job"
)

func TestDuration(t *testing.T) {
	for word, want := range map[string]time.Duration{
		"3": 3 * time.Second, "0.5": 500 * time.Millisecond, "500ms": 500 * time.Millisecond, "2m": 2 * time.Minute,
		"0": 0, "0.0": 0, "0s": 0, "0e9": 0, "0x0p-9": 0, "1h30m": 90 * time.Minute, "1e-3": time.Millisecond,
		"1e-10": 1, "1e-400": 1, "0.0000000001": 1, "0.1ns": 1, "0.0001us": 1, "1ns": 1, "0x1p-900": 1, "0x0.ap-99": 1, "3153600000": maxDuration,
	} {
		var d duration
		if err := d.UnmarshalText([]byte(word)); err != nil || time.Duration(d) != want {
			t.Errorf("%q is %v, %v; want %v", word, time.Duration(d), err, want)
		}
	}
	for _, word := range []string{"", "x", "-1", "-1s", "NaN", "Inf", "1e30", "5 s", "1d", "3155692600000ms1", "-0.1ns", "-0", "3153600001", "876001h",
		"9223372036s", "9999999999999999999h"} {
		var d duration
		if err := d.UnmarshalText([]byte(word)); err == nil {
			t.Errorf("%q is %v, want an error", word, time.Duration(d))
		}
	}
}

func FuzzDuration(f *testing.F) {
	for _, word := range []string{"3", "0.5", "500ms", "-1", "1e300"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		var d duration
		if err := d.UnmarshalText([]byte(word)); err == nil && d < 0 {
			t.Fatalf("%q is %v", word, time.Duration(d))
		}
	})
}

// maxDuration is the longest.
const maxDuration = 100 * 365 * 24 * time.Hour

func TestCount(t *testing.T) {
	for word, want := range map[string]count{"1": 1, "100": 100, "2147483647": 2147483647} {
		var c count
		if err := c.UnmarshalText([]byte(word)); err != nil || c != want {
			t.Errorf("%q is %d, %v; want %d", word, c, err, want)
		}
	}
	for word, want := range map[string]string{"0": "0 is less than 1", "-1": "-1 is less than 1", "-99999999999999999999": "less than 1",
		"2147483648": "more than 2147483647", "99999999999999999999": "more than 2147483647", "": "not a number", "0.5": "not a number",
		"1e-9": "not a number", "1K": "not a number"} {
		var c count
		if err := c.UnmarshalText([]byte(word)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is %d, %v; want an error with %q", word, c, err, want)
		}
	}
}

func FuzzCount(f *testing.F) {
	for _, word := range []string{"1", "0", "-1", "99999999999"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		var c count
		if err := c.UnmarshalText([]byte(word)); err == nil && c < 1 {
			t.Fatalf("%q is %d", word, c)
		}
	})
}

// TestNoValueIsNone gives every flag of every command that takes a duration, a size or a number the
// values that come next to the one that stands for a flag that was not given: they are refused, or
// more than it.
func TestNoValueIsNone(t *testing.T) {
	values := map[reflect.Type][]string{
		reflect.TypeFor[duration](): {"1e-10", "0.0000000001", "0.1ns", "1e-400"},
		reflect.TypeFor[size]():     {"0", "0K", "0.0001K", "0.5", "1e-10", "=-1", "99999999999999999999", "9999999T"},
		reflect.TypeFor[total]():    {"0.0001K", "0.5", "1e-10", "=-1", "99999999999999999999", "9999999T"},
		reflect.TypeFor[count]():    {"0", "0.5", "1e-10", "=-1", "4294967296", "99999999999999999999"},
		reflect.TypeFor[int]():      {"0.5", "1e-10", "99999999999999999999"},
		reflect.TypeFor[uint8]():    {"0.5", "1e-10", "=-1", "256", "99999999999999999999"},
		reflect.TypeFor[uint16]():   {"0.5", "1e-10", "=-1", "65536", "99999999999999999999"},
	}
	tried := 0
	for _, c := range commands {
		for _, f := range plainFields(reflect.ValueOf(c.grammar()).Elem(), nil) {
			of := f.value.Type()
			if of.Kind() == reflect.Pointer {
				of = of.Elem()
			}
			if f.isWord() || f.isSwitch() {
				continue
			}
			if _, numeric := values[of]; !numeric && of.Kind() != reflect.String && of.Kind() != reflect.Slice && of.Kind() != reflect.Struct {
				t.Errorf("%s: nobody has thought of what values --%s takes", c.name, f.longName())
			}
			for _, value := range values[of] {
				flags := c.grammar()
				args := []string{"--" + f.longName() + "=" + strings.TrimPrefix(value, "=")}
				tried++
				_, err := c.parseWhole(&job.Env{}, flags, append(args, "word"))
				r := plainReader{fields: plainFields(reflect.ValueOf(flags).Elem(), nil)}
				if got := r.byName(f.longName()).value; err == nil && (got.Kind() == reflect.Pointer && got.Elem().IsZero() || got.IsZero()) {
					t.Errorf("gnc %s %s means the same as none", c.name, args[0])
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d values were tried", tried)
	}
}

func TestSize(t *testing.T) {
	for word, want := range map[string]size{
		"1": 1, "4096": 4096, "64K": 64 << 10, "64k": 64 << 10, "1M": 1 << 20, "1MiB": 1 << 20, "1MB": 1 << 20, "2G": 2 << 30, "1T": 1 << 40, "7B": 7,
	} {
		var s size
		if err := s.UnmarshalText([]byte(word)); err != nil || s != want {
			t.Errorf("%q is %d, %v; want %d", word, s, err, want)
		}
	}
	for _, word := range []string{"", "K", "0", "0K", "0.0001K", "0.5", "1e-9", "-0", "-0K", "-1", "1.5M", "1X", "1KK", "8388608T", "99999999999999999999", "0x10"} {
		var s size
		if err := s.UnmarshalText([]byte(word)); err == nil {
			t.Errorf("%q is %d, want an error", word, s)
		}
	}
}

func FuzzSize(f *testing.F) {
	for _, word := range []string{"4096", "64K", "1MiB", "-1"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		var s size
		if err := s.UnmarshalText([]byte(word)); err == nil && s < 1 {
			t.Fatalf("%q is %d", word, s)
		}
	})
}

func TestCheckPort(t *testing.T) {
	for _, word := range []string{"1", "65535", "http", "0"} {
		if err := checkPort(word, 0); err != nil {
			t.Error(err)
		}
	}
	for _, word := range []string{"65536", "70000", "-1", "99999999999999999999"} {
		if checkPort(word, 0) == nil {
			t.Errorf("%s is taken for a port", word)
		}
	}
	if checkPort("0", 1) == nil {
		t.Error("0 is taken for a port to connect to")
	}
}
