package netio

import (
	"os"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio/outfile"
	"gnc/netio/sock"
)

// Command is a command whose stdin and stdout are the connection itself, without us in between.
type Command struct {
	loop    *Loop
	conn    *Conn
	process *Process
	shell   bool // the command is a shell, whose status tells of the end of its own command
	done    func(error)
	end     time.Time
	result  error
	over    bool
	backoff
}

// farewell bounds how long a connection stays open after its command has ended, until the peer has
// acknowledged the output.
const farewell = 10 * time.Second

// Start starts cmd with the connection as its stdin and stdout. Once the command has ended and the
// peer has acknowledged its output, it closes the connection and passes cmd.Wait's error to done.
func (l *Loop) Start(c *Conn, cmd *exec.Cmd, shell bool, done func(error)) (*Command, error) {
	l.Forget(c.FD())
	c.unguard()                                             // else our end would reset the command
	if err := unix.SetNonblock(c.FD(), false); err != nil { // commands expect a blocking descriptor
		return nil, err
	}
	shared, err := unix.FcntlInt(uintptr(c.FD()), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(shared), c.Name())
	defer file.Close()
	cmd.Stdin, cmd.Stdout = file, file
	r := &Command{loop: l, conn: c, shell: shell, done: done}
	r.process, err = l.Spawn(cmd, r.ended)
	return r, err
}

// Process is the command's process.
func (r *Command) Process() *Process { return r.process }

// Abort breaks the connection off, for the command too, which may hold it longer than we do.
func (r *Command) Abort(err error) {
	if r.over {
		return
	}
	r.result = err
	r.finish(false)
}

// ended half-closes for all holders of the connection: a process that the command left behind may
// hold it for ever. After a command that died of a signal there is no orderly end.
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

func (r *Command) died() bool { return DiedOfSignal(r.result, r.shell) }

// settle waits until the peer has acknowledged everything. It drops what the peer sends meanwhile.
func (r *Command) settle() {
	r.conn.discard()
	if left, err := r.conn.unconfirmed(); left > 0 && err == nil && time.Now().Before(r.end) {
		r.again(r.loop, r.settle)
		return
	}
	r.finish(!r.died())
}

// finish closes the connection for all holders, so that the system accepts no data without a
// reader.
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

// Pipe makes a pipe with one end on the loop and the other end for a command. If reads is true, the
// loop's end is the reading one.
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
