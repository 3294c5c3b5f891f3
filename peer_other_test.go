//go:build !linux

package main

import "errors"

func runRefused(string, []string) error { return errors.New("there is nothing to refuse here") }
