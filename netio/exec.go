package netio

import (
	"os"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/outfile"
	"gnc/netio/sock"
)

// Command is a command that has a connection itself as its stdin and stdout: what it reads and writes passes by nobody.
type Command struct {
	loop    *Loop
	conn    *Conn
	process *Process
	options CommandOptions
	done    func(error)
	end     time.Time
	result  error
	over    bool
	backoff
}

// CommandOptions are the rules of a command on a connection.
type CommandOptions struct {
	Shell   bool // the command is a shell, whose status tells of the end of its own command
	InOrder bool // the connection always ends in order, as in nc
}

// farewell bounds how long a connection stays open, once its command has ended, for what it wrote to be confirmed.
const farewell = 10 * time.Second

// Start starts cmd with the connection itself as its stdin and stdout. Once it has ended, and what it wrote is
// confirmed, the connection is closed and done is told how cmd.Wait went.
func (l *Loop) Start(c *Conn, cmd *exec.Cmd, o CommandOptions, done func(error)) (*Command, error) {
	l.Forget(c.FD())
	c.unguard()                                             // or it would end with a reset if the command outlived us
	if err := unix.SetNonblock(c.FD(), false); err != nil { // commands expect a descriptor that blocks
		return nil, err
	}
	shared, err := unix.FcntlInt(uintptr(c.FD()), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(shared), c.Name())
	defer file.Close()
	cmd.Stdin, cmd.Stdout = file, file
	r := &Command{loop: l, conn: c, options: o, done: done}
	r.process, err = l.Spawn(cmd, r.ended)
	return r, err
}

// Process is the command's process.
func (r *Command) Process() *Process { return r.process }

// Abort breaks the connection off, also for the command, which may hold it for longer than we do.
func (r *Command) Abort(err error) {
	if r.over {
		return
	}
	r.result = err
	r.finish(r.options.InOrder)
}

// ended half-closes for all who have the connection: what the command has left behind may hold it for ever. After a
// command that died of a signal there is no orderly end.
func (r *Command) ended(err error) {
	if r.over {
		return
	}
	r.result = err
	r.end = time.Now().Add(farewell)
	unix.SetNonblock(r.conn.FD(), true)
	if !r.conn.packets && !r.died() {
		shutdownWrite(r.conn.FD())
	}
	r.settle()
}

func (r *Command) died() bool { return !r.options.InOrder && DiedOfSignal(r.result, r.options.Shell) }

// settle waits until all is confirmed. What the peer sends meanwhile is dropped.
func (r *Command) settle() {
	r.conn.discard()
	if left, err := r.conn.unconfirmed(); left > 0 && err == nil && time.Now().Before(r.end) {
		r.again(r.loop, r.settle)
		return
	}
	r.finish(!r.died())
}

// finish closes the connection for all who have it, or what comes later would be taken, and read by nobody.
func (r *Command) finish(inOrder bool) {
	r.over = true
	r.timer.Stop()
	if inOrder || !r.conn.confirms {
		unix.Shutdown(r.conn.FD(), unix.SHUT_RDWR)
	} else {
		sock.Disconnect(r.conn.FD())
	}
	r.conn.Close()
	r.done(r.result)
}

// Pipe makes a pipe whose one end is on the loop and whose other is for a command. With reads, the loop's end is the
// one to read from.
func (l *Loop) Pipe(name string, reads bool) (ours *Conn, theirs *os.File, err error) {
	var fds [2]int
	if err := sock.Pipe(&fds); err != nil {
		return nil, nil, outfile.Failed("pipe", name, err)
	}
	our, their := fds[1], fds[0]
	if reads {
		our, their = their, our
	}
	if err := unix.SetNonblock(our, true); err != nil {
		unix.Close(our)
		unix.Close(their)
		return nil, nil, outfile.Failed("pipe", name, err)
	}
	c := &Conn{loop: l, fd: int32(our), local: true, reader: stream{}, writer: stream{}, watchGone: !reads, label: named(name)}
	return c, os.NewFile(uintptr(their), name), nil
}
