package cmd

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"gnc/netio"
)

// withMD5Key asks for the key of TCP's MD5 signatures, if it is asked for, then goes on with next.
func (t *task) withMD5Key(job *sessionJob, next func()) {
	if !job.AskMD5Key {
		next()
		return
	}
	go func() { // a person takes time
		text, err := readPassword("TCP MD5SIG password: ")
		t.loop.Post(func() {
			if err != nil || text == "" {
				//lint:ignore ST1005 nc's own words
				t.end(errors.New("Unable to read TCP MD5SIG password; set GNC_TCP_MD5SIG"))
				return
			}
			job.Socket.MD5Key = text
			next()
		})
	}()
}

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
