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
	Exec   string `short:"e" xor:"exec" placeholder:"CMD" help:"Run a program on the connection: words, without a shell. The connection ends when it does, whatever it leaves behind."`
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

// defaultMaxConns bounds the commands that run at once, or the scripts that are played, unless told.
const defaultMaxConns = 100

// commandError is a command that did not end well.
type commandError struct {
	name string
	Err  error
}

func (e *commandError) Error() string { return fmt.Sprintf("%s: %v", e.name, e.Err) }
func (e *commandError) Unwrap() error { return e.Err }

// onConnection plays the job's script or runs its command on a connection, or joins it to the standard streams. done is
// told how it went.
func (t *task) onConnection(job *sessionJob, peer *netio.Conn, id int, done func(error)) {
	switch {
	case t.script != nil:
		t.play(job, peer, id, done)
	case len(job.Exec) == 0:
		t.session(job, peer, id, done)
	case job.sees(), !peer.Answers():
		t.commandThroughPipes(job, peer, id, done)
	default:
		begin := t.env.Now()
		t.command(job, peer, func(err error) { // which had the socket itself: nobody counted
			t.event("closed", "id", id, "sent", nil, "received", nil, "seconds", t.env.Now().Sub(begin).Seconds(),
				"reason", endReason(err))
			done(err)
		})
	}
}

// sees says whether somebody must look at the bytes, so that a command cannot have the socket itself.
func (j *sessionJob) sees() bool {
	return len(j.Captures) > 0 || j.Record != "" || j.Session.CRLF || j.Session.Telnet || j.Session.LinePause > 0 ||
		j.Session.Idle > 0 || j.Session.Rate > 0 || j.Stats
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
		if out != nil {
			out.Close()
		}
		peer.Close()
		done(commandStatus(job.Exec[0], err))
		return
	}
	var session *netio.Session
	var waited, ended, told bool
	var waitErr, sessionErr error
	finish := func() {
		idle := errors.Is(sessionErr, netio.ErrIdle)
		if !waited && (idle || t.ctx.Err() != nil) { // nobody waits for a command that has to be told to end
			cmd.Process.Signal(syscall.SIGTERM)
		} else if !waited || !ended {
			return
		}
		err := waitErr
		if !waited || idle || err == nil {
			err = sessionErr
		}
		if !told {
			told = true
			done(err)
		}
	}
	go func() {
		err := cmd.Wait()
		t.loop.Post(func() {
			waited, waitErr = true, commandStatus(job.Exec[0], err)
			if !ended {
				session.InputEnds()
			}
			finish()
		})
	}()
	session = t.join(job, peer, in, out, id, func(err error) {
		ended, sessionErr = true, err
		finish()
	})
}

// command is the job's command for a connection, with its addresses in the environment.
func (j *sessionJob) command(env *Env, peer *netio.Conn) *exec.Cmd {
	path, err := lookProgram(j.Exec[0])
	if j.Shell {
		path, err = lookShell()
	}
	cmd := &exec.Cmd{Path: path, Args: j.Exec, Err: err}
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
	cmd.Env = append(cmd.Env, "NCAT_PROTO="+strings.ToUpper(j.protocol()))
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
