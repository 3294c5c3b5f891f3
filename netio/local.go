package netio

import (
	"errors"
	"os"
)

// LocalError is an operation on a standard stream or a file that failed. Of an error of the os package it takes the
// cause: the operation and the name are told beside it.
func LocalError(op, name string, err error) *OpError {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return &OpError{Op: op, Name: name, Local: true, Err: err}
}
