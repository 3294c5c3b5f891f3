package job

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"gnc/netio"
	"gnc/netio/outfile"
	"gnc/netio/sock"
)

// CommandWords are the words of a command that is to run on the connection, none if there is no
// command.
func CommandWords(program, shell string) []string {
	if shell != "" {
		return []string{"sh", "-c", shell}
	}
	return strings.Fields(program)
}

// defaultMaxConns bounds the commands that run at once, or the scripts that are played, by default.
const defaultMaxConns = 100

// commandError is a command that did not end well.
type commandError struct {
	name string
	Err  error
}

func (e *commandError) Error() string { return fmt.Sprintf("%s: %v", e.name, e.Err) }
func (e *commandError) Unwrap() error { return e.Err }

// onConnection plays the job's script or runs its command on a connection, or joins it to the
// standard streams, then calls done with the error.
func (t *Task) onConnection(job *Session, peer *netio.Conn, id int, done func(error)) {
	switch {
	case t.script != nil:
		t.play(job, peer, id, done)
	case len(job.Exec) == 0:
		t.session(job, peer, id, done)
	case job.sees(), peer.Packets():
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

// sees reports whether the program must look at the bytes, so that a command cannot have the socket
// itself. It never has one of datagrams: reading one in pieces, as a shell does, loses the rest of
// it.
func (j *Session) sees() bool {
	return len(j.Captures) > 0 || j.Record != "" || j.Options.CRLF || j.Options.Telnet || j.Options.LinePause > 0 ||
		j.Options.Idle > 0 || j.Options.Linger > 0 || j.Options.Rate > 0 || j.Stats
}

// command gives the connection itself to the job's command.
func (t *Task) command(job *Session, peer *netio.Conn, done func(error)) {
	cmd := job.command(t.env, peer)
	var running *netio.Command
	running, err := t.loop.Start(peer, cmd, job.Shell, func(err error) {
		delete(t.live, running)
		t.letGo(running.Process())
		if t.over {
			done(err)
		} else {
			done(commandStatus(job.Exec[0], err))
		}
	})
	if err != nil {
		peer.Close()
		done(commandStatus(job.Exec[0], err))
		return
	}
	t.live[running] = true
	t.processes[running.Process()] = true
}

// letGo stops to watch over a command that has ended: what it has left behind may go on.
func (t *Task) letGo(p *netio.Process) {
	if p.Ended() {
		delete(t.processes, p)
	}
}

// commandThroughPipes puts a session between the connection and the job's command.
func (t *Task) commandThroughPipes(job *Session, peer *netio.Conn, id int, done func(error)) {
	c := &piping{Task: t, job: job, peer: peer, done: done}
	in, out, err := c.start(job.command(t.env, peer))
	if err != nil {
		sock.Reset(peer.FD())
		peer.Close()
		done(err)
		return
	}
	t.processes[c.process] = true
	c.session = t.join(job, peer, in, out, id, c.sessionEnded)
}

// piping is a command whose bytes pass through gnc: a process, and a session between its pipes and
// a connection. It is over when both have ended. A session that ended for want of movement
// (--idle-timeout, --linger), or with the task, does not wait for its command, but has it ended.
type piping struct {
	*Task
	job     *Session
	peer    *netio.Conn
	process *netio.Process
	session *netio.Session
	done    func(error)

	ended               bool // the session has
	reported            bool // done has been called
	exitErr, sessionErr error
}

// start starts the command, and returns our ends of its pipes.
func (c *piping) start(cmd *exec.Cmd) (in, out *netio.Conn, err error) {
	in, theirOut, err := c.commandOutput(c.peer)
	if err != nil {
		return nil, nil, err
	}
	defer theirOut.Close()
	out, theirIn, err := c.loop.Pipe("the command's input", false)
	if err != nil {
		in.Close()
		return nil, nil, err
	}
	defer theirIn.Close()
	cmd.Stdin, cmd.Stdout = theirIn, theirOut
	if c.process, err = c.loop.Spawn(cmd, c.exited); err != nil {
		in.Close()
		out.Close()
		return nil, nil, commandStatus(c.job.Exec[0], err)
	}
	return in, out, nil
}

func (c *piping) exited(err error) {
	c.exitErr = commandStatus(c.job.Exec[0], err)
	c.letGo(c.process)
	if !c.ended {
		var broken error
		if netio.DiedOfSignal(err, c.job.Shell) {
			broken = c.exitErr
		}
		c.session.InputEnds(broken)
	}
	c.finish()
}

func (c *piping) sessionEnded(err error) {
	c.ended, c.sessionErr = true, err
	c.finish()
}

// finish reports how it went, once it is over: the command's status counts, unless the session's
// failure is the reason for it.
func (c *piping) finish() {
	if c.reported || !c.ended {
		return
	}
	exited := c.process.Ended()
	late := errors.Is(c.sessionErr, netio.ErrIdle) || c.session.Lingered()
	deaf := c.peer.Packets() && c.sessionErr != nil // it gets no SIGPIPE
	if !exited && !late && !deaf && !c.over && c.ctx.Err() == nil {
		return
	}
	c.reported = true
	if !exited {
		c.process.Terminate(func() { delete(c.processes, c.process) })
	}
	err := c.exitErr
	if !exited || late || err == nil || Is[*outfile.Error](c.sessionErr) { // which may be why the command failed
		err = c.sessionErr
	}
	c.done(err)
}

// commandOutput makes what a command writes to. With datagrams each of its writes stays one.
func (t *Task) commandOutput(peer *netio.Conn) (ours *netio.Conn, theirs *os.File, err error) {
	if peer.Packets() {
		return t.loop.Writes("the command's output")
	}
	return t.loop.Pipe("the command's output", true)
}

// command is the job's command for a connection, with its addresses in the environment.
func (j *Session) command(env *Env, peer *netio.Conn) *exec.Cmd {
	path, err := lookProgram(j.Exec[0])
	if j.Shell {
		path, err = lookShell()
	}
	cmd := &exec.Cmd{Path: path, Args: j.Exec, Err: err}
	cmd.Stderr = os.Stderr
	if f, ok := env.Stderr.(*os.File); ok {
		cmd.Stderr = f
	}
	cmd.Env = commandEnv(os.Environ(), peer.Remote(), peer.Local(), j.Protocol())
	return cmd
}

// commandStatus is how a command ended: its own status is ours; by a signal, 128 more than its
// number.
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
	return &StatusError{Status: status, Err: &commandError{name, err}}
}

// addressVariables hold the addresses of a session: ours, ncat's and socat's. gnc may run inside
// another session, whose addresses are not those of the command's connection.
var addressVariables = []string{
	"GNC_REMOTE_ADDR", "GNC_REMOTE_PORT", "GNC_LOCAL_ADDR", "GNC_LOCAL_PORT",
	"NCAT_REMOTE_ADDR", "NCAT_REMOTE_PORT", "NCAT_LOCAL_ADDR", "NCAT_LOCAL_PORT", "NCAT_PROTO",
	"SOCAT_PEERADDR", "SOCAT_PEERPORT", "SOCAT_SOCKADDR", "SOCAT_SOCKPORT",
}

// secretVariables are for gnc alone. A command serves a peer, which may have it show its
// environment.
var secretVariables = []string{"GNC_PROXY_AUTH", "GNC_TCP_MD5SIG"}

// commandEnv is the environment of a command on a connection: gnc's own without secrets and
// without the addresses of another session, and the connection's addresses. One that is not valid
// is left out.
func commandEnv(inherited []string, remote, local netip.AddrPort, protocol string) []string {
	env := slices.DeleteFunc(slices.Clone(inherited), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(addressVariables, name) || slices.Contains(secretVariables, name)
	})
	for _, side := range []struct {
		name string
		addr netip.AddrPort
	}{{"REMOTE", remote}, {"LOCAL", local}} {
		if !side.addr.IsValid() {
			continue
		}
		for _, prefix := range []string{"GNC_", "NCAT_"} {
			env = append(env, prefix+side.name+"_ADDR="+side.addr.Addr().String(),
				prefix+side.name+"_PORT="+strconv.Itoa(int(side.addr.Port())))
		}
	}
	return append(env, "NCAT_PROTO="+strings.ToUpper(protocol))
}

// systemShell is the shell of system(3), whatever PATH says.
const systemShell = "/bin/sh"

// defaultPath is where execvp(3) looks for programs if there is no PATH: confstr(3)'s _CS_PATH.
const defaultPath = "/bin:/usr/bin"

// lookShell is where the shell is. A system without system(3)'s may have one on PATH.
func lookShell() (string, error) {
	if _, err := os.Stat(systemShell); err == nil {
		return systemShell, nil
	}
	return lookProgram("sh")
}

// lookProgram is where a program is, as execvp(3) finds it. The error does not say the name.
func lookProgram(name string) (path string, err error) {
	if _, set := os.LookupEnv("PATH"); set || strings.Contains(name, "/") {
		path, err = exec.LookPath(name)
		return path, nameless(err)
	}
	err = exec.ErrNotFound
	for _, dir := range filepath.SplitList(defaultPath) {
		path, found := exec.LookPath(filepath.Join(dir, name))
		if found == nil {
			return path, nil
		}
		if !errors.Is(found, unix.ENOENT) {
			err = nameless(found)
		}
	}
	return "", err
}

// nameless is an error of exec.LookPath without the name, which its caller adds.
func nameless(err error) error {
	if lookup, is := errors.AsType[*exec.Error](err); is {
		return lookup.Err
	}
	return err
}
