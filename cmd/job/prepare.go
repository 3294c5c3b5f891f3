package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"gnc/cmd/startup"
	"gnc/netio"
	"gnc/netio/outfile"
	"gnc/netio/sock"
)

// await runs get in a goroutine, because it may block, then use on the loop with what came of it.
func await[T any](t *Task, get func() (T, error), use func(T, error)) {
	startup.AllProcessors() // the goroutine is not to wait for the loop
	go func() {
		value, err := get()
		t.loop.Post(func() { use(value, err) })
	}()
}

// setUp runs prepare, then begin on the loop. A prepare that may block has a goroutine of its own.
// An error of either ends the task.
func (t *Task) setUp(mayBlock bool, prepare func(context.Context) error, begin func() error) {
	prepared := func(_ struct{}, err error) {
		if err == nil && !t.over {
			err = begin()
		}
		if err != nil {
			t.end(err)
		}
	}
	if !mayBlock {
		prepared(struct{}{}, prepare(t.ctx))
		return
	}
	await(t, func() (struct{}, error) { return struct{}{}, prepare(t.ctx) }, prepared)
}

// mayBlock reports whether prepare may: a person takes time, and so does a named pipe, until
// a program opens its other end.
func (j *Session) mayBlock() bool {
	return j.AskMD5Key || j.Script != "" || j.Record != "" || len(j.Captures) > 0
}

// socket is what the job asks of its sockets.
func (t *Task) socket(job *Session) sock.Options {
	o := job.Socket
	o.MD5Key = cmp.Or(t.md5Key, o.MD5Key)
	return o
}

// prepare gets what the sessions of a job need: the key of TCP's MD5 signatures, the script, the
// recording and the files of the first session.
func (t *Task) prepare(job *Session) (err error) {
	if job.AskMD5Key {
		if t.md5Key, err = readPassword("TCP MD5SIG password: "); err != nil || t.md5Key == "" {
			//lint:ignore ST1005 nc's own words
			return errors.New("Unable to read TCP MD5SIG password; set GNC_TCP_MD5SIG")
		}
	}
	if t.scripting, err = job.openScript(); err == nil && len(job.Captures) > 0 {
		t.captures, err = netio.OpenCaptures(job.Captures, false)
	}
	return err
}

// readPassword reads a line from the terminal, which does not show it.
func readPassword(prompt string) (string, error) {
	tty, err := outfile.OpenPlain("/dev/tty", unix.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer tty.Close()
	fmt.Fprint(tty, prompt)
	text, err := term.ReadPassword(int(tty.Fd()))
	fmt.Fprintln(tty)
	return string(text), err
}
