package job

import (
	"errors"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

// Statuses of a command that could not be run, as the shell has them.
const (
	exitNotExecutable = 126
	exitNotFound      = 127
)

// become replaces this process by a command, whose pid, standard streams and signals are the
// command's from then on. It returns only if that fails.
func become(words []string) error {
	path, err := lookProgram(words[0])
	if err == nil {
		err = unix.Exec(path, words, os.Environ())
	}
	status := exitNotExecutable
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, unix.ENOENT) {
		status = exitNotFound
	}
	return &StatusError{Status: status, Err: &commandError{words[0], err}}
}
