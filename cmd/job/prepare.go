package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"gnc/cmd/startup"
	"gnc/netio"
	"gnc/netio/access"
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

// prepared is what the set-up of a job makes. The task takes it over from the set-up's goroutine.
type prepared struct {
	scripting
	captures []*netio.Capture // for the next session
	md5Key   string           // that was asked for

	source   *sock.Source // of a connection: the job's, or with addresses that were looked up
	password string       // for the proxy
	naming   func()       // finishes the Messages' Begin, or nil

	*place // of a listener
}

// place is where a listener listens, and for which clients.
type place struct {
	addrs    []netip.AddrPort // none for what is no IP address, or was inherited
	families sock.Families    // of the clients that can come in
	access   access.List
}

// setUp runs prepare, then begin on the loop. A prepare that may block has a goroutine of its own.
// An error of either ends the task.
func (t *Task) setUp(mayBlock bool, prepare func(context.Context) (prepared, error), begin func() error) {
	take := func(p prepared, err error) {
		t.prepared = p
		if err == nil && !t.over {
			err = begin()
		}
		if err != nil {
			t.end(err)
		}
	}
	if mayBlock {
		await(t, func() (prepared, error) { return prepare(t.ctx) }, take)
		return
	}
	take(prepare(t.ctx))
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
func (j *Session) prepare() (p prepared, err error) {
	if j.AskMD5Key {
		if p.md5Key, err = readPassword("TCP MD5SIG password: "); err != nil || p.md5Key == "" {
			//lint:ignore ST1005 nc's own words
			return p, errors.New("Unable to read TCP MD5SIG password; set GNC_TCP_MD5SIG")
		}
	}
	if p.scripting, err = j.openScript(); err == nil && len(j.Captures) > 0 {
		p.captures, err = netio.OpenCaptures(j.Captures, false)
	}
	return p, err
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
