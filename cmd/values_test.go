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
