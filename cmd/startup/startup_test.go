package startup

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unsafe"
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

// TestStackIsDeepened sees that deepen moves the small stack of a new goroutine, and so has a frame
// still, and that it does so once.
func TestStackIsDeepened(t *testing.T) {
	moved := make(chan bool, 2)
	go func() {
		moved <- moves()
		moved <- moves()
	}()
	if first, second := <-moved, <-moved; !first || second {
		t.Errorf("the stack moved: %v, and again: %v; want true, false", first, second)
	}
}

// moves reports whether deepen moves the stack of its goroutine.
//
//go:noinline
func moves() bool {
	var local byte
	before := address(&local)
	deepen(false)
	return address(&local) != before
}

//go:noinline
func address(p *byte) uintptr { return uintptr(unsafe.Pointer(p)) }

// TestFirstToBeInitialised sees that the two packages that act before all others import nothing that
// would have to be initialised before them.
func TestFirstToBeInitialised(t *testing.T) {
	for _, pattern := range []string{"*.go", "../sigdefault/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %q, %v", pattern, files, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				if spec.Path.Value != `"runtime"` {
					t.Errorf("%s imports %s", name, spec.Path.Value)
				}
			}
		}
	}
}
