package startup

import (
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"
)

// TestProcessors sees in a process of its own that the program begins on one processor, and that
// AllProcessors gives it what it would have had otherwise, be it of the system or of GOMAXPROCS.
func TestProcessors(t *testing.T) {
	if os.Getenv("GNC_TEST_PROCESSORS") != "" {
		first := runtime.GOMAXPROCS(0)
		AllProcessors()
		AllProcessors()
		os.Stdout.WriteString(strconv.Itoa(first) + " " + strconv.Itoa(runtime.GOMAXPROCS(0)) + "\n")
		os.Exit(0)
	}
	t.Setenv("GOMAXPROCS", "")
	for setting, want := range map[string]string{
		"GOMAXPROCS=":  "1 " + strconv.Itoa(all) + "\n",
		"GOMAXPROCS=1": "1 1\n",
		"GOMAXPROCS=7": "1 7\n",
	} {
		c := exec.Command(os.Args[0], "-test.run=^TestProcessors$")
		c.Env = append(os.Environ(), setting, "GNC_TEST_PROCESSORS=1")
		out, err := c.Output()
		if err != nil || string(out) != want {
			t.Errorf("%s: %q, %v; want %q", setting, out, err, want)
		}
	}
}
