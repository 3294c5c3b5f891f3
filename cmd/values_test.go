package cmd

import (
	"testing"
	"time"
)

func TestDuration(t *testing.T) {
	for word, want := range map[string]time.Duration{
		"3": 3 * time.Second, "0.5": 500 * time.Millisecond, "500ms": 500 * time.Millisecond, "2m": 2 * time.Minute,
		"0": 0, "1h30m": 90 * time.Minute, "1e-3": time.Millisecond,
	} {
		var d duration
		if err := d.UnmarshalText([]byte(word)); err != nil || time.Duration(d) != want {
			t.Errorf("%q is %v, %v; want %v", word, time.Duration(d), err, want)
		}
	}
	for _, word := range []string{"", "x", "-1", "-1s", "NaN", "Inf", "1e30", "5 s", "1d", "3155692600000ms1"} {
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

func TestSize(t *testing.T) {
	for word, want := range map[string]size{
		"0": 0, "4096": 4096, "64K": 64 << 10, "64k": 64 << 10, "1M": 1 << 20, "1MiB": 1 << 20, "1MB": 1 << 20, "2G": 2 << 30, "1T": 1 << 40, "7B": 7,
	} {
		var s size
		if err := s.UnmarshalText([]byte(word)); err != nil || s != want {
			t.Errorf("%q is %d, %v; want %d", word, s, err, want)
		}
	}
	for _, word := range []string{"", "K", "-1", "1.5M", "1X", "1KK", "8388608T", "99999999999999999999", "0x10"} {
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
		if err := s.UnmarshalText([]byte(word)); err == nil && s < 0 {
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
