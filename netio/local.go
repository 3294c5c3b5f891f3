package netio

import (
	"errors"
	"fmt"
	"os"
)

// FileError is an operation on a standard stream or a file that failed.
type FileError struct {
	Op   string // "read", "write", "open"
	Name string
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("%s %s: %v", e.Op, e.Name, e.Err) }
func (e *FileError) Unwrap() error { return e.Err }

// FileFailed makes a FileError. Of an error of the os package it takes the cause: the operation and the name stand
// beside it.
func FileFailed(op, name string, err error) *FileError {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return &FileError{Op: op, Name: name, Err: err}
}
