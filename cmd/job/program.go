package job

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// systemShell is the shell of system(3), whatever PATH says.
const systemShell = "/bin/sh"

// defaultPath is where execvp(3) looks for programs if there is no PATH: confstr(3)'s _CS_PATH.
const defaultPath = "/bin:/usr/bin"

// lookShell is where the shell is. A system without system(3)'s may have one on PATH.
func lookShell() (string, error) {
	if _, err := os.Stat(systemShell); err == nil {
		return systemShell, nil
	}
	return lookProgram("sh")
}

// lookProgram is where a program is, as execvp(3) finds it. The error does not say the name.
func lookProgram(name string) (path string, err error) {
	if _, set := os.LookupEnv("PATH"); set || strings.Contains(name, "/") {
		path, err = exec.LookPath(name)
		return path, nameless(err)
	}
	err = exec.ErrNotFound
	for _, dir := range filepath.SplitList(defaultPath) {
		path, found := exec.LookPath(filepath.Join(dir, name))
		if found == nil {
			return path, nil
		}
		if !errors.Is(found, unix.ENOENT) {
			err = nameless(found)
		}
	}
	return "", err
}

// nameless is an error of exec.LookPath without the name, which who prints it says.
func nameless(err error) error {
	if lookup, is := errors.AsType[*exec.Error](err); is {
		return lookup.Err
	}
	return err
}
