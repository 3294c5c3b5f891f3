package cmdtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func contributing(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(root + "/CONTRIBUTING.md")
	must(t, err)
	return string(text)
}

// TestContributingNamesFiles looks for each file and folder that CONTRIBUTING.md names. A name may
// leave out the first folders of its path, and be a pattern.
func TestContributingNamesFiles(t *testing.T) {
	paths := tree(t)
	names := regexp.MustCompile("`([^`\\s:]*(?:/[^`\\s:]*|\\.(?:go|md|sh|txtar)))(?:: [^`]*)?`")
	found := names.FindAllStringSubmatch(contributing(t), -1)
	for _, m := range found {
		name := strings.TrimSuffix(m[1], "/")
		if !slices.ContainsFunc(paths, func(p string) bool { return endsIn(p, name) }) {
			t.Errorf("CONTRIBUTING.md names %s, which is no file", m[1])
		}
	}
	if len(found) < 20 {
		t.Errorf("only %d names of files were found", len(found))
	}
}

// endsIn reports whether the last elements of a path match a pattern.
func endsIn(p, pattern string) bool {
	elements := strings.Split(p, "/")
	n := strings.Count(pattern, "/") + 1
	if n > len(elements) {
		return false
	}
	matches, err := path.Match(pattern, strings.Join(elements[len(elements)-n:], "/"))
	return matches && err == nil
}

// mostOnPath bounds the functions that a reader follows from the command line to a write on the
// socket.
const mostOnPath = 10

// TestPathOfAByte reads the list that CONTRIBUTING.md has under "The path of a byte": it begins with
// Main, each step begins with a function, and they are few.
func TestPathOfAByte(t *testing.T) {
	_, section, found := strings.Cut(contributing(t), "\n## The path of a byte\n")
	if !found {
		t.Fatal("CONTRIBUTING.md does not list the path of a byte")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	steps := regexp.MustCompile("(?m)^[0-9]+\\. (?:`([^`]+: [^`]+)`)?").FindAllStringSubmatch(section, -1)
	if len(steps) < 2 || len(steps) > mostOnPath {
		t.Fatalf("the path of a byte has %d steps, and %d at most are wanted", len(steps), mostOnPath)
	}
	if first := steps[0][1]; first != "cmd/main.go: Main" {
		t.Errorf("the path of a byte begins with %q, not with cmd/main.go: Main", first)
	}
	for i, step := range steps {
		if step[1] == "" {
			t.Errorf("step %d does not begin with `FILE: FUNCTION`", i+1)
		}
	}
}

// TestContributingNamesFunctions looks for each function that CONTRIBUTING.md names with its file or
// its folder.
func TestContributingNamesFunctions(t *testing.T) {
	for _, m := range regexp.MustCompile("`([^`\\s]+): ([^`\\s]+)`").FindAllStringSubmatch(contributing(t), -1) {
		if !slices.Contains(functions(t, m[1]), m[2]) {
			t.Errorf("%s has no function %s", m[1], m[2])
		}
	}
}

// functions returns the functions of a file, or of a folder's files, as CONTRIBUTING.md names them:
// Name, Type.Name or (*Type).Name.
func functions(t *testing.T, name string) (names []string) {
	t.Helper()
	files := []string{filepath.Join(root, name)}
	if !strings.HasSuffix(name, ".go") {
		files, _ = filepath.Glob(filepath.Join(root, name, "*.go"))
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, d := range file.Decls {
			if function, is := d.(*ast.FuncDecl); is {
				names = append(names, receiver(function)+function.Name.Name)
			}
		}
	}
	return names
}

// receiver returns what stands before a method's name.
func receiver(function *ast.FuncDecl) string {
	if function.Recv == nil {
		return ""
	}
	switch r := function.Recv.List[0].Type.(type) {
	case *ast.StarExpr:
		if name, is := r.X.(*ast.Ident); is {
			return "(*" + name.Name + ")."
		}
	case *ast.Ident:
		return r.Name + "."
	}
	return "" // a generic type's
}
