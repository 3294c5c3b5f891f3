//go:build !linux

package cmdtest

import "errors"

func runRefused(string, []string) error { return errors.New("there is nothing to refuse here") }
