// Package announce writes the port of a server where a script reads it.
package announce

import (
	"fmt"
	"os"
)

// Port writes the port and a newline to the file, by rename, so that a reader never sees half of
// it. Without a file it goes to standard output.
func Port(port int, file string) error {
	if file == "" {
		_, err := fmt.Println(port)
		return err
	}
	temporary := fmt.Sprintf("%s.%d", file, os.Getpid())
	if err := os.WriteFile(temporary, fmt.Appendln(nil, port), 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, file)
}
