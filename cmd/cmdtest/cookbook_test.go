package cmdtest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestCookbook compares README's cookbook with the script that runs it: each line on the right has its test, and no
// test is left of a line that has gone.
func TestCookbook(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, cookbook, found := strings.Cut(string(readme), "\n## Cookbook\n")
	cookbook, _, ended := strings.Cut(cookbook, "\n## ")
	if !found || !ended {
		t.Fatal("README.md has no cookbook")
	}
	script, err := os.ReadFile("../../testdata/script/cookbook.txtar")
	if err != nil {
		t.Fatal(err)
	}
	tested := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(string(script), -1) {
		tested[m[1]] = true
	}
	told := make(map[string]bool)
	for _, m := range regexp.MustCompile("(?m)^\\|.*\\| `(.*)` \\|$").FindAllStringSubmatch(cookbook, -1) {
		line := strings.ReplaceAll(m[1], `\|`, "|")
		told[line] = true
		if !tested[line] {
			t.Errorf("no test of %q", line)
		}
	}
	for line := range tested {
		if !told[line] {
			t.Errorf("README.md no longer tells of %q", line)
		}
	}
	if len(told) < 25 {
		t.Errorf("only %d lines were found in README.md", len(told))
	}
}

// TestStub compares what README has the program say of a client that does not keep to its script with the test of it.
func TestStub(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("../../testdata/script/script.txtar")
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile("(?m)^``gnc: connection 1 .*: smtp:(.*)``[.]$").FindStringSubmatch(string(readme))
	if told == nil {
		t.Fatal("README.md does not say what a client is told that does not keep to the script")
	}
	if test := "want='" + told[1] + "' fails says "; !strings.Contains(string(script), test) {
		t.Errorf("no test of %q", told[1])
	}
}
