package cmd

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"gnc/netio"
)

// execFlags run a command on the connection instead of the standard streams.
type execFlags struct {
	Exec   string `short:"e" xor:"exec" placeholder:"CMD" help:"Run a program on the connection: words, without a shell."`
	ShExec string `short:"c" xor:"exec" placeholder:"CMD" help:"Run a shell command on the connection."`
}

func (f *execFlags) command() []string { return commandWords(f.Exec, f.ShExec) }

// commandWords are the words of a command that is to run on the connection, none if there is no command.
func commandWords(program, shell string) []string {
	if shell != "" {
		return []string{"sh", "-c", shell}
	}
	return strings.Fields(program)
}

// defaultMaxConns bounds the commands that run at once, unless told.
const defaultMaxConns = 100

// commandError is a command that did not end well.
type commandError struct {
	name string
	Err  error
}

func (e *commandError) Error() string { return fmt.Sprintf("%s: %v", e.name, e.Err) }
func (e *commandError) Unwrap() error { return e.Err }

// onConnection plays the job's script or runs its command on a connection, or joins it to the standard streams. done is told how it went.
func (t *task) onConnection(job *sessionJob, peer *netio.Conn, id int, done func(error)) {
	switch {
	case t.script != nil:
		t.play(job, peer, id, done)
	case len(job.Exec) == 0:
		t.session(job, peer, id, done)
	case job.sees():
		t.commandThroughPipes(job, peer, id, done)
	default:
		t.command(job, peer, done)
	}
}

// sees says whether somebody must look at the bytes, so that a command cannot have the socket itself.
func (j *sessionJob) sees() bool {
	return j.Capture != "" || j.Record != "" || j.Session.CRLF || j.Session.Telnet || j.Session.LinePause > 0
}

// command gives the connection itself to the job's command.
func (t *task) command(job *sessionJob, peer *netio.Conn, done func(error)) {
	cmd := job.command(t.env, peer)
	var running *netio.Command
	var err error
	running, err = t.loop.Start(peer, cmd, func(err error) {
		delete(t.commands, running)
		done(commandStatus(job.Exec[0], err))
	})
	if err != nil {
		peer.Close()
		done(commandStatus(job.Exec[0], err))
		return
	}
	if t.commands == nil {
		t.commands = map[*netio.Command]bool{}
	}
	t.commands[running] = true
}

// commandThroughPipes puts a session between the connection and the job's command.
func (t *task) commandThroughPipes(job *sessionJob, peer *netio.Conn, id int, done func(error)) {
	cmd := job.command(t.env, peer)
	in, theirOut, err := t.loop.Pipe("the command's output", true)
	if err != nil {
		peer.Close()
		done(err)
		return
	}
	out, theirIn, err := t.loop.Pipe("the command's input", false)
	if err == nil {
		cmd.Stdin, cmd.Stdout = theirIn, theirOut
		err = cmd.Start()
		theirIn.Close()
	}
	theirOut.Close()
	if err != nil {
		in.Close()
		out.Close()
		peer.Close()
		done(commandStatus(job.Exec[0], err))
		return
	}
	var waited, ended bool
	var waitErr, sessionErr error
	finish := func() {
		var op *netio.OpError
		if waitErr == nil && !(errors.As(sessionErr, &op) && op.Local) { // the command need not read all that comes
			waitErr = sessionErr
		}
		done(waitErr)
	}
	go func() {
		err := cmd.Wait()
		t.loop.Post(func() {
			waited, waitErr = true, commandStatus(job.Exec[0], err)
			if ended {
				finish()
			}
		})
	}()
	t.join(job, peer, in, out, id, func(err error) {
		ended, sessionErr = true, err
		if t.ctx.Err() != nil {
			cmd.Process.Signal(syscall.SIGTERM)
			done(err)
		} else if waited {
			finish()
		}
	})
}

// command is the job's command for a connection, with its addresses in the environment.
func (j *sessionJob) command(env *Env, peer *netio.Conn) *exec.Cmd {
	cmd := exec.Command(j.Exec[0], j.Exec[1:]...)
	cmd.Args = append([]string{}, j.Exec...)
	cmd.Stderr = os.Stderr
	if f, ok := env.Stderr.(*os.File); ok {
		cmd.Stderr = f
	}
	cmd.Env = os.Environ()
	for _, side := range []struct {
		name string
		addr netip.AddrPort
	}{{"REMOTE", netio.RemoteAddr(peer.FD())}, {"LOCAL", netio.LocalAddr(peer.FD())}} {
		if !side.addr.IsValid() {
			continue
		}
		for _, prefix := range []string{"GNC_", "NCAT_"} {
			cmd.Env = append(cmd.Env, prefix+side.name+"_ADDR="+side.addr.Addr().String(),
				prefix+side.name+"_PORT="+strconv.Itoa(int(side.addr.Port())))
		}
	}
	cmd.Env = append(cmd.Env, "NCAT_PROTO="+strings.ToUpper(j.Kind.protocol()))
	return cmd
}

// commandStatus is how a command ended: its own status is ours; by a signal, 128 more than its number.
func commandStatus(name string, err error) error {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &exit):
		return &commandError{name, err}
	}
	status := exit.ExitCode()
	if s, ok := exit.Sys().(syscall.WaitStatus); ok && s.Signaled() {
		status = exitSignalBase + int(s.Signal())
	}
	return &statusError{status: status, Err: &commandError{name, err}}
}
