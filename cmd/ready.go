package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"gnc/netio"
)

// ready is who is told that a listener accepts, and on which port.
type ready struct {
	file string // "" for none
	fd   int    // -1 for none
}

func (r ready) asked() bool { return r.file != "" || r.fd >= 0 }

// tell writes the port and a newline. The file appears whole, by rename; the descriptor is closed after the line.
func (r ready) tell(port uint16) error {
	line := []byte(strconv.Itoa(int(port)) + "\n")
	if r.file != "" {
		if err := writeWhole(r.file, line); err != nil {
			return &netio.OpError{Op: "write", Name: r.file, Local: true, Err: err}
		}
	}
	if r.fd >= 0 {
		f := os.NewFile(uintptr(r.fd), "ready-fd")
		_, err := f.Write(line)
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return &netio.OpError{Op: "write", Name: fmt.Sprintf("descriptor %d", r.fd), Local: true, Err: err}
		}
	}
	return nil
}

// writeWhole writes a file that nobody can see half-written.
func writeWhole(name string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
