package resolve

import (
	"io"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// status is a source's verdict on a name.
type status int

const (
	statusTryAgain status = iota
	statusUnavail
	statusNotFound
	statusSuccess
	statusCount
)

// String gives the word for the status as nsswitch.conf writes it.
func (s status) String() string {
	return [statusCount]string{"tryagain", "unavail", "notfound", "success"}[s]
}

// action is what follows a verdict: the next source, the end of the lookup, or a merge.
type action int

const (
	actionContinue action = iota
	actionReturn
	actionMerge
)

// nssModule is one word of a database's line, with its actions.
type nssModule struct {
	name    string
	actions [statusCount]action
}

// newModule makes a word of the line with the actions that it has without criteria.
func newModule(name string) nssModule {
	m := nssModule{name: name}
	m.actions[statusSuccess] = actionReturn
	return m
}

// nssConfig is nsswitch.conf. broken means that a line of a known database could not be read: glibc
// then has no database at all.
type nssConfig struct {
	databases map[string][]nssModule
	broken    bool
}

// nssDatabases are the databases whose lines glibc reads. A line of another
// name is skipped unread.
var nssDatabases = []string{
	"aliases", "ethers", "group", "group_compat", "gshadow", "hosts",
	"initgroups", "netgroup", "networks", "passwd", "passwd_compat",
	"protocols", "publickey", "rpc", "services", "shadow", "shadow_compat",
}

// parseNSSwitch reads nsswitch.conf. A last line without a newline does not count: glibc meets the
// end of the file there and drops the line.
func parseNSSwitch(in io.Reader) nssConfig {
	conf := nssConfig{databases: make(map[string][]nssModule)}
	eachLine(in, func(l line) bool {
		if !l.newline {
			return false
		}
		name, rest := splitDatabase(l.text)
		if !slices.Contains(nssDatabases, name) {
			return true
		}
		list, ok := parseActions(rest)
		if !ok {
			conf.broken = true
			return false
		}
		conf.databases[name] = list
		return true
	})
	return conf
}

// splitDatabase cuts the name of the database off a line, and the colons and blanks after it.
func splitDatabase(s string) (name, rest string) {
	name, rest = cutAny(skipSpace(s), space+":")
	return name, strings.TrimLeft(rest, space+":")
}

// parseActions reads the sources of a database: words, each with or without criteria in brackets.
// It is false for a syntax error.
func parseActions(s string) ([]nssModule, bool) {
	list := []nssModule{}
	for {
		word, rest := cutAny(skipSpace(s), space+"[")
		if word == "" {
			return list, true
		}
		m := newModule(word)
		s = skipSpace(rest)
		if strings.HasPrefix(s, "[") {
			var ok bool
			if s, ok = m.parseCriteria(skipSpace(s[1:])); !ok {
				return nil, false
			}
		}
		list = append(list, m)
	}
}

// parseCriteria reads "STATUS=ACTION ...]", each with or without a "!" before it, and gives what
// follows the bracket.
func (m *nssModule) parseCriteria(s string) (rest string, ok bool) {
	for {
		not := strings.HasPrefix(s, "!")
		if not {
			s = s[1:]
		}
		var word string
		word, s = criterionWord(s)
		st, ok := statusNamed(word)
		if !ok || !strings.HasPrefix(s, "=") {
			return "", false
		}
		word, s = criterionWord(skipSpace(s[1:]))
		act, ok := actionNamed(word)
		if !ok {
			return "", false
		}
		m.set(st, act, not)
		if strings.HasPrefix(s, "]") {
			return s[1:], true
		}
	}
}

// set makes act follow st, or with not every status but st.
func (m *nssModule) set(st status, act action, not bool) {
	if !not {
		m.actions[st] = act
		return
	}
	kept := m.actions[st]
	for i := range m.actions {
		m.actions[i] = act
	}
	m.actions[st] = kept
}

// criterionWord cuts a word and the blanks after it.
func criterionWord(s string) (word, rest string) {
	word, rest = cutAny(s, space+"=]")
	return word, skipSpace(rest)
}

func statusNamed(word string) (status, bool) {
	for st := range statusCount {
		if equalFold(word, st.String()) {
			return st, true
		}
	}
	return 0, false
}

func actionNamed(word string) (action, bool) {
	for i, name := range [...]string{"continue", "return", "merge"} {
		if equalFold(word, name) {
			return action(i), true
		}
	}
	return 0, false
}

// nssDatabase gives the sources of a database by nsswitch.conf, or def if the file has no line for
// it. ok is false if the file can't be understood.
func (r *Resolver) nssDatabase(name string, def ...string) (list []nssModule, ok bool) {
	conf := parsed(r, "/etc/nsswitch.conf", parseNSSwitch, nssConfig{})
	if conf.broken {
		return nil, false
	}
	if list, found := conf.databases[name]; found {
		return list, true
	}
	for _, word := range def {
		list = append(list, newModule(word))
	}
	return list, true
}

// installed reports whether the system's C library would find a module of nsswitch.conf that is not
// its own. If there is no such library, because the system has another one or the image has none,
// every module that this package knows counts as installed.
func (r *Resolver) installed(module string) bool {
	library := false
	for _, dir := range libraryDirs() {
		if !library && !r.exists(path.Join(dir, "libc.so.6")) {
			continue
		}
		library = true
		if r.exists(path.Join(dir, "libnss_"+module+".so.2")) {
			return true
		}
	}
	return !library
}

// libraryDirs are the directories in which distributions put the C library and its modules: Debian
// and its kin use a directory for the architecture, others lib64, or lib alone.
func libraryDirs() []string {
	triplet := map[string]string{
		"amd64": "x86_64", "arm64": "aarch64", "386": "i386", "riscv64": "riscv64",
		"ppc64le": "powerpc64le", "s390x": "s390x", "loong64": "loongarch64",
	}[runtime.GOARCH] + "-linux-gnu"
	if runtime.GOARCH == "arm" {
		triplet = "arm-linux-gnueabihf"
	}
	return []string{"/lib/" + triplet, "/usr/lib/" + triplet,
		"/lib64", "/usr/lib64", "/lib", "/usr/lib"}
}

func (r *Resolver) exists(name string) bool {
	if r.Root != nil {
		_, err := fs.Stat(r.Root, strings.TrimPrefix(name, "/"))
		return err == nil
	}
	return unix.Access(name, unix.F_OK) == nil
}
