// Package outfile writes files that a person named. Follow finds what a name leads to (follow.go),
// OpenToWrite opens it, and WriteWhole replaces a file as a whole (whole.go). Files that another
// user may have planted are refused (planted.go). Begin with OpenToWrite in follow.go.
package outfile

import (
	"errors"
	"fmt"
	"os"
)

// Error is a failed operation on a standard stream or a file.
type Error struct {
	Op   string // "read", "write", "open"
	Name string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s %s: %v", e.Op, e.Name, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// Failed makes an Error. From an error of the os package it takes the cause only.
func Failed(op, name string, err error) *Error {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return &Error{Op: op, Name: name, Err: err}
}
