package netio

import (
	"errors"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Process is a command that serves a connection. It leads a process group of its own, so that
// Terminate also reaches the processes that it has started.
type Process struct {
	loop  *Loop
	cmd   *exec.Cmd
	ended bool // cmd.Wait has returned

	gone  func() // called once, when no process is left in the group
	since time.Time
	backoff
}

// killAfter is how long the group has to end after SIGTERM. Then it gets SIGKILL.
const killAfter = time.Second

// Spawn starts cmd, and calls done with the error of cmd.Wait.
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

// Ended reports whether the command has ended. Processes that it started may still run.
func (p *Process) Ended() bool { return p.ended }

// Terminate asks the process group to end, and kills the rest of it after a moment. It calls gone
// when no process is left that a signal can end.
func (p *Process) Terminate(gone func()) {
	if p.gone != nil { // a second call
		before := p.gone
		p.gone = func() { before(); gone() }
		return
	}
	p.gone, p.since = gone, time.Now()
	p.signal(unix.SIGTERM)
	p.check()
}

func (p *Process) signal(s unix.Signal) error { return unix.Kill(-p.cmd.Process.Pid, s) }

// check finds out whether a process is left in the group. The system does not report that, so check
// asks at growing intervals. If a process is still there a moment after the kill, we cannot end it.
// It may be a zombie that its parent does not wait for.
func (p *Process) check() {
	waited := time.Since(p.since)
	switch {
	case p.signal(0) == unix.ESRCH, waited > 2*killAfter:
		p.gone()
		return
	case waited >= killAfter:
		p.signal(unix.SIGKILL)
	}
	p.again(p.loop, p.check)
}

// DiedOfSignal reports whether err says that a signal ended the command. Its last output may then
// be incomplete. A shell reports a signal of its own command by a status over 128.
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
