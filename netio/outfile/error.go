// Package outfile writes files that a person named: what a name leads to (follow.go), files that appear whole or not at all
// (whole.go), and names that another user may have planted (planted.go).
package outfile

import (
	"errors"
	"fmt"
	"os"
)

// FileError is an operation on a standard stream or a file that failed.
type Error struct {
	Op   string // "read", "write", "open"
	Name string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s %s: %v", e.Op, e.Name, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// FileFailed makes a FileError. Of an error of the os package it takes the cause: the operation and the name stand
// beside it.
func Failed(op, name string, err error) *Error {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return &Error{Op: op, Name: name, Err: err}
}
