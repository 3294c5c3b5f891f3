package job

import (
	"fmt"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"gnc/netio"
)

// readPassword reads a line from the terminal, which does not show it.
func readPassword(prompt string) (string, error) {
	tty, err := netio.OpenPlain("/dev/tty", unix.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer tty.Close()
	fmt.Fprint(tty, prompt)
	text, err := term.ReadPassword(int(tty.Fd()))
	fmt.Fprintln(tty)
	return string(text), err
}
