package cmdtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// imports are the packages of this module that each of its packages may import, by folder. The
// root's folder is main.go. CONTRIBUTING.md has the same table.
var imports = map[string][]string{
	"main.go":         {"cmd"},
	"cmd":             {"cmd/job", "cmd/nc", "netio", "netio/access", "netio/address", "netio/outfile", "netio/printable", "netio/sock", "resolve"},
	"cmd/nc":          {"cmd/job", "netio", "netio/address", "netio/outfile", "netio/proxy", "netio/sock", "resolve"},
	"cmd/job":         {"cmd/sigdefault", "cmd/startup", "mux", "netio", "netio/access", "netio/address", "netio/outfile", "netio/printable", "netio/proxy", "netio/script", "netio/sock", "resolve"},
	"cmd/sigdefault":  {},
	"cmd/startup":     {},
	"netio":           {"mux", "netio/outfile", "netio/printable", "netio/proxy", "netio/script", "netio/sock"},
	"netio/sock":      {},
	"netio/proxy":     {"netio/address", "netio/printable"},
	"netio/script":    {"netio/address", "netio/outfile", "netio/printable"},
	"netio/access":    {"netio/sock"},
	"netio/address":   {},
	"netio/outfile":   {},
	"netio/printable": {},
	"resolve":         {},
	"mux":             {},
}

// TestImports compares the imports of the program with the table: a package that imports more, or
// less, or that has no row, is an error. Files of all systems count; tests do not.
func TestImports(t *testing.T) {
	found := make(map[string][]string)
	for _, path := range tree(t) {
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			continue
		}
		if strings.HasPrefix(path, "bench/") { // a module of its own
			continue
		}
		folder := filepath.Dir(path)
		if folder == "." {
			folder = "main.go"
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		if found[folder] == nil {
			found[folder] = []string{}
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			name, ours := strings.CutPrefix(name, "gnc/")
			if ours && !slices.Contains(imports[folder], name) {
				t.Errorf("%s imports %s, which the table does not allow to %s", path, name, folder)
			}
			if ours && !slices.Contains(found[folder], name) {
				found[folder] = append(found[folder], name)
			}
		}
	}
	for folder := range found {
		if imports[folder] == nil {
			t.Errorf("%s has no row in the table of imports", folder)
		}
	}
	for folder, names := range imports {
		if found[folder] == nil {
			t.Errorf("the table of imports has a row for %s, which has no code", folder)
		}
		for _, name := range names {
			if found[folder] != nil && !slices.Contains(found[folder], name) {
				t.Errorf("%s no longer imports %s: the table is out of date", folder, name)
			}
		}
	}
}

// TestLayoutTable compares the imports that CONTRIBUTING.md tells of with the table of TestImports.
func TestLayoutTable(t *testing.T) {
	told := layoutTable(t)
	for folder, text := range told {
		want := importsText(folder)
		if text != want {
			t.Errorf("CONTRIBUTING.md has %s import %q, and the table has %q", folder, text, want)
		}
	}
	for folder := range maps.Keys(imports) {
		if _, has := told[folder]; !has {
			t.Errorf("CONTRIBUTING.md has no row for %s", folder)
		}
	}
}

// layoutTable returns the last column of the table in CONTRIBUTING.md by the first.
func layoutTable(t *testing.T) map[string]string {
	table := make(map[string]string)
	for line := range strings.Lines(contributing(t)) {
		cells := strings.Split(strings.Trim(line, "|\n"), "|")
		folder, is := strings.CutPrefix(strings.TrimSpace(cells[0]), "`")
		if !is || len(cells) != 3 {
			continue
		}
		table[strings.TrimRight(folder, "/`")] = strings.TrimSpace(cells[2])
	}
	return table
}

// importsText returns the imports of a folder as CONTRIBUTING.md writes them; none for a folder
// without code.
func importsText(folder string) string {
	names, isPackage := imports[folder]
	switch {
	case !isPackage:
		return ""
	case len(names) == 0:
		return "none of ours"
	}
	return strings.Join(names, ", ")
}

// root is the folder of the repository.
const root = "../.."

// tree returns the files and folders of the repository, but no hidden ones except .ci.
func tree(t *testing.T) (paths []string) {
	t.Helper()
	must(t, fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		if entry.IsDir() && entry.Name()[0] == '.' && path != ".ci" {
			return fs.SkipDir
		}
		paths = append(paths, path)
		return nil
	}))
	return paths
}
