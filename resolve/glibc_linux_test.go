package resolve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The differential test asks the system's getaddrinfo (testdata/gai) and this
// package the same questions, with the same files and the same name servers,
// and compares the answers and the queries that were sent for them. It runs the
// test binary again in namespaces of its own, one process for each world.

// world is a set of interfaces, with the situations that are played in it.
type world struct {
	name  string
	setup []string // ip commands; "-" before one that may fail
	steps []situation
	// slow worlds wait for time-outs: both resolvers are asked at the same
	// time, and their queries are not compared.
	slow bool
}

// situation is a set of files, the answers of the name servers, and questions.
type situation struct {
	name      string
	files     map[string]string // by name in /etc; no entry, no file
	env       map[string]string
	hostname  string
	zone      map[string]string
	questions []question
	getent    []string // calls of getent(1)
	queries   queryCheck
}

type queryCheck int

const (
	sameQueries queryCheck = iota
	anyQueries
)

// question is a call of getaddrinfo.
type question struct {
	Node, Service *string
	Hints         Hints
}

// String gives the question as a line for testdata/gai.
func (q question) String() string {
	return fmt.Sprintf("%d %d %d %d %s %s", q.Hints.Flags, q.Hints.Family, q.Hints.SockType,
		q.Hints.Protocol,
		hexWord(q.Node), hexWord(q.Service))
}

// People writes the question for a reader of the report.
func (q question) People() string {
	word := func(s *string) string {
		if s == nil {
			return "NULL"
		}
		return strconv.Quote(*s)
	}
	return fmt.Sprintf("getaddrinfo(%s, %s, flags %#x, family %d, type %d, protocol %d)",
		word(q.Node), word(q.Service), int(q.Hints.Flags), q.Hints.Family, q.Hints.SockType,
		q.Hints.Protocol)
}

func hexWord(s *string) string {
	if s == nil {
		return "-"
	}
	return "=" + hex.EncodeToString([]byte(*s))
}

// report is a line from the process in the namespaces.
type report struct {
	Cases      int
	Situation  string
	Question   string
	Glibc, Gnc string
}

const (
	worldVariable   = "GNC_TEST_WORLD"
	programVariable = "GNC_TEST_GAI"
	scratchVariable = "GNC_TEST_SCRATCH"
)

// TestMain runs one world instead of the tests if it finds itself in namespaces.
func TestMain(m *testing.M) {
	if name := os.Getenv(worldVariable); name != "" {
		if err := runWorld(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// unable skips the test, or fails it where it must run.
func unable(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// TestGlibc is the differential test.
func TestGlibc(t *testing.T) {
	if os.Geteuid() != 0 {
		unable(t, "namespaces need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		unable(t, "no ip command")
	}
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		unable(t, "no gcc")
	}
	program := filepath.Join(t.TempDir(), "gai")
	if out, err := exec.Command(gcc, "-O1", "-o", program,
		"../testdata/gai/gai.c").CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	total := 0
	for name, results := range enterWorlds(t, program) {
		t.Run(name, func(t *testing.T) { total += (<-results).report(t, name) })
	}
	t.Logf("%d cases", total)
	const least = 600
	if total < least && !t.Failed() {
		t.Errorf("%d cases, fewer than %d", total, least)
	}
}

// outcomeOfWorld is the report of the process in the namespaces.
type outcomeOfWorld struct {
	out    []byte
	stderr string
	err    error
}

// enterWorlds runs all worlds: those that wait at the same time, the others as
// many at once as there are processors.
func enterWorlds(t *testing.T, program string) map[string]chan outcomeOfWorld {
	all := make(map[string]chan outcomeOfWorld)
	gate := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, w := range worlds() {
		scratch := t.TempDir()
		result := make(chan outcomeOfWorld, 1)
		all[w.name] = result
		go func() {
			if !w.slow {
				gate <- struct{}{}
				defer func() { <-gate }()
			}
			result <- enterWorld(w.name, program, scratch)
		}()
	}
	return all
}

// enterWorld runs a world in its namespaces.
func enterWorld(name, program, scratch string) outcomeOfWorld {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), worldVariable+"="+name, programVariable+"="+program,
		scratchVariable+"="+scratch)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET |
		syscall.CLONE_NEWUTS}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	return outcomeOfWorld{out, stderr.String(), err}
}

// report fails the test for each difference and counts the cases.
func (o outcomeOfWorld) report(t *testing.T, name string) (cases int) {
	if errors.Is(o.err, syscall.EPERM) {
		unable(t, "no namespaces: "+o.err.Error())
	}
	if o.err != nil {
		t.Fatalf("%v\n%s", o.err, o.stderr)
	}
	if os.Getenv("GNC_TEST_TIMES") != "" {
		t.Log(o.stderr)
	}
	for line := range bytes.Lines(o.out) {
		var r report
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		cases += r.Cases
		if r.Situation != "" && !tolerated(t, name, r) {
			t.Errorf("%s: %s\nglibc %s\n  gnc %s", r.Situation, r.Question, r.Glibc, r.Gnc)
		}
	}
	return cases
}

// runWorld plays a world's situations and prints reports.
func runWorld(name string) error {
	all := worlds()
	i := slices.IndexFunc(all, func(w world) bool { return w.name == name })
	w := all[i]
	etc, err := ownEtc(os.Getenv(scratchVariable))
	if err != nil {
		return err
	}
	// A new address must not be tentative for one resolver and good for the other.
	for _, group := range []string{"all", "default"} {
		if err := os.WriteFile("/proc/sys/net/ipv6/conf/"+group+"/accept_dad", []byte("0"),
			0); err != nil {
			return err
		}
	}
	for _, line := range append([]string{"ip link set lo up"}, w.setup...) {
		mayFail := strings.HasPrefix(line, "-")
		words := strings.Fields(strings.TrimPrefix(line, "-"))
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil && !mayFail {
			return fmt.Errorf("%s: %w\n%s", line, err, out)
		}
	}
	server := &fakeDNS{}
	server.reset(nil)
	var t onlyFatal
	for n, addr := range []string{"127.0.0.1:53", "127.0.0.2:53", "127.0.0.3:53", "[::1]:53"} {
		server.listen(&t, n+1, addr)
	}
	out := json.NewEncoder(os.Stdout)
	for _, s := range w.steps {
		start := time.Now()
		if err := s.play(etc, server, w.slow, out); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Fprintf(os.Stderr, "%6d ms %s\n", time.Since(start).Milliseconds(), s.name)
	}
	return nil
}

// onlyFatal is the part of a testing.TB that fakeDNS needs, outside of a test.
type onlyFatal struct{ testing.TB }

func (*onlyFatal) Fatal(args ...any) { panic(fmt.Sprint(args...)) }
func (*onlyFatal) Cleanup(func())    {}

// ownEtc puts a directory of ours in the place of /etc.
func ownEtc(scratch string) (string, error) {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return "", err
	}
	etc := filepath.Join(scratch, "etc")
	if err := os.Mkdir(etc, 0o755); err != nil {
		return "", err
	}
	if cache, err := os.ReadFile("/etc/ld.so.cache"); err == nil {
		if err := os.WriteFile(filepath.Join(etc, "ld.so.cache"), cache, 0o644); err != nil {
			return "", err
		}
	}
	return etc, unix.Mount(etc, "/etc", "", unix.MS_BIND, "")
}

// play asks a situation's questions of both resolvers.
func (s situation) play(etc string, server *fakeDNS, atOnce bool, out *json.Encoder) error {
	for _, name := range []string{"nsswitch.conf", "hosts", "host.conf", "resolv.conf", "gai.conf",
		"services",
		"aliases"} {
		os.Remove(filepath.Join(etc, name))
		if text, ok := s.files[name]; ok {
			if err := os.WriteFile(filepath.Join(etc, name), []byte(text), 0o644); err != nil {
				return err
			}
		}
	}
	hostname := s.hostname
	if hostname == "" {
		hostname = "testhost"
	}
	if err := unix.Sethostname([]byte(hostname)); err != nil {
		return err
	}
	server.reset(s.zone)
	if len(s.getent) > 0 {
		return s.getentCalls(out)
	}
	var theirs, ours []string
	var theirQueries, ourQueries []string
	var err error
	if atOnce {
		done := make(chan struct{})
		go func() { ours = s.askUs(); close(done) }()
		theirs, err = s.askThem()
		<-done
	} else {
		theirs, err = s.askThem()
		theirQueries = server.queries(&onlyFatal{})
		ours = s.askUs()
		ourQueries = server.queries(&onlyFatal{})
	}
	if err != nil {
		return err
	}
	for i, q := range s.questions {
		if theirs[i] != ours[i] {
			out.Encode(report{Situation: s.name, Question: q.People(), Glibc: theirs[i], Gnc: ours[i]})
		}
	}
	slices.Sort(theirQueries)
	slices.Sort(ourQueries)
	if s.queries == sameQueries && !slices.Equal(theirQueries, ourQueries) {
		only := difference(theirQueries, ourQueries)
		too := difference(ourQueries, theirQueries)
		out.Encode(report{Situation: s.name, Question: "the queries",
			Glibc: fmt.Sprint("also asked ", only),
			Gnc:   fmt.Sprint("also asked ", too)})
	}
	return out.Encode(report{Cases: len(s.questions)})
}

// difference gives what is in x more often than in y.
func difference(x, y []string) []string {
	count := make(map[string]int)
	for _, s := range y {
		count[s]++
	}
	var list []string
	for _, s := range x {
		if count[s]--; count[s] < 0 {
			list = append(list, s)
		}
	}
	return list
}

// askThem asks the system's getaddrinfo.
func (s situation) askThem() ([]string, error) {
	cmd := exec.Command(os.Getenv(programVariable))
	cmd.Env = []string{"LC_ALL=C.UTF-8", "LD_LIBRARY_PATH=" + os.Getenv("LD_LIBRARY_PATH")}
	for _, name := range slices.Sorted(maps.Keys(s.env)) {
		cmd.Env = append(cmd.Env, name+"="+s.env[name])
	}
	var in bytes.Buffer
	for i, q := range s.questions {
		fmt.Fprintln(&in, i, q)
	}
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("gai: %w", err)
	}
	list := make([]string, len(s.questions))
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		id, rest, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(id)
		if err != nil {
			return nil, err
		}
		code, answers, _ := strings.Cut(rest, " ")
		if code != "0" {
			number, _ := strconv.Atoi(code)
			answers = (&Error{Code: number}).Name()
		}
		list[n] = answers
	}
	return list, nil
}

// askUs asks this package.
func (s situation) askUs() []string {
	r := Resolver{Getenv: func(name string) (string, bool) {
		value, ok := s.env[name]
		return value, ok
	}}
	list := make([]string, len(s.questions))
	var wg sync.WaitGroup
	gate := make(chan struct{}, 100)
	for i, q := range s.questions {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			answers, err := r.Getaddrinfo(ctx, q.Node, q.Service, q.Hints)
			list[i] = answerText(answers, err)
		})
	}
	wg.Wait()
	return list
}

// answerText gives answers as testdata/gai does.
func answerText(list []AddrInfo, err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Name()
	}
	words := make([]string, len(list))
	for i, ai := range list {
		canon := "-"
		if ai.Canonname != "" {
			canon = hex.EncodeToString([]byte(ai.Canonname))
		}
		words[i] = fmt.Sprintf("%d/%d/%d/%x/%d/%d/%s", ai.Family, ai.SockType, ai.Protocol,
			ai.Addr.Addr().AsSlice(), ai.Addr.Port(), ai.ScopeID, canon)
	}
	return strings.Join(words, " ")
}

// accidents are differences from glibc that are meant, each with its reason.
var accidents = []struct {
	world, situation, question string // as they begin; empty: any
	reason                     string
}{
	{"", "nsswitch hosts: dns [SUCCESS=merge] files", `getaddrinfo("in`,
		"glibc hands out the memory of the first answer after the second source has written over it"},
	{"", "no hosts, nsswitch hosts: dns [SUCCESS=merge] files", `getaddrinfo("in`, "the same"},
	{"long", "seed 5", `getaddrinfo("gamma.two"`,
		"a line of about 1,000 bytes and more has glibc set errno, which is still set when name " +
			"servers fail"},
}

// tolerated reports whether a difference is one of the accidents.
func tolerated(t *testing.T, world string, r report) bool {
	for _, a := range accidents {
		if strings.HasPrefix(world, a.world) && strings.HasPrefix(r.Situation, a.situation) &&
			strings.HasPrefix(r.Question, a.question) {
			t.Logf("%s: %s: %s", r.Situation, r.Question, a.reason)
			return true
		}
	}
	return false
}
