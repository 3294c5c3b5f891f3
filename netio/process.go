package netio

import (
	"errors"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Process is a command that serves a connection. It leads a process group of its own, so that what it has started can be
// ended with it.
type Process struct {
	loop  *Loop
	cmd   *exec.Cmd
	ended bool // the command itself has been waited for

	gone  func() // is told, once, that nobody is left in the group
	since time.Time
	backoff
}

// killAfter is how long a group that was asked to end has before what is left of it is killed.
const killAfter = time.Second

// Spawn starts cmd, and tells done how cmd.Wait went.
func (l *Loop) Spawn(cmd *exec.Cmd, done func(error)) (*Process, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{loop: l, cmd: cmd}
	go func() {
		err := cmd.Wait()
		l.Post(func() {
			p.ended = true
			done(err)
		})
	}()
	return p, nil
}

// Ended reports whether the command has ended, whatever it has left behind.
func (p *Process) Ended() bool { return p.ended }

// Terminate asks the command's process group to end, and kills what is left of it after a moment. gone is told when
// nobody is left, or nobody that a signal ends.
func (p *Process) Terminate(gone func()) {
	if p.gone != nil { // it has been asked already
		before := p.gone
		p.gone = func() { before(); gone() }
		return
	}
	p.gone, p.since = gone, time.Now()
	p.signal(unix.SIGTERM)
	p.look()
}

func (p *Process) signal(s unix.Signal) error { return unix.Kill(-p.cmd.Process.Pid, s) }

// look sees whether somebody is left in the group. The system tells nobody of that, so it is asked at growing intervals.
// Who is still there a moment after the kill is not ours to end: a zombie that nobody waits for, say.
func (p *Process) look() {
	waited := time.Since(p.since)
	switch {
	case p.signal(0) == unix.ESRCH, waited > 2*killAfter:
		p.gone()
		return
	case waited >= killAfter:
		p.signal(unix.SIGKILL)
	}
	p.again(p.loop, p.look)
}

// DiedOfSignal reports whether err, of a command's end, says that a signal ended it: what it wrote last may be a part of
// what it had to say. A shell tells so of its own command by a status over 128.
func DiedOfSignal(err error, shell bool) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	if !ok {
		return false
	}
	const lastSignal = 64
	return status.Signaled() || shell && status.ExitStatus() > 128 && status.ExitStatus() <= 128+lastSignal
}
