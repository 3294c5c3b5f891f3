package job

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio"
	"gnc/netio/outfile"
	"gnc/netio/sock"
)

// crowd serves many clients at once: each with a session of its own, whose ends are a hub's or
// files.
type crowd struct {
	*listening
	hub     *netio.Hub
	clients []*netio.Session // the oldest first
}

// begin checks that the file and the directory exist, and opens the streams that are used.
func (c *crowd) begin() error {
	j := c.job
	if j.Crowd.Serve != "" {
		f, err := c.loop.OpenFile(j.Crowd.Serve)
		if err != nil {
			return err
		}
		f.Close()
	}
	if err := checkDir(j.Crowd.OutDir); err != nil {
		return err
	}
	in, out, err := c.streams()
	if err != nil {
		return err
	}
	o := netio.HubOptions{Patience: j.Options.Idle, Relay: j.Crowd.Relay, Chat: j.Crowd.Chat}
	if o.Patience == 0 {
		o.Patience = defaultPatience
	}
	c.hub = netio.NewHub(c.loop, in, out, o, c.listening.stop)
	return nil
}

// checkDir says what is wrong with the directory of --out-dir, if one is asked for.
func checkDir(name string) error {
	if name == "" {
		return nil
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = errors.New("no such directory; make it first")
	case err == nil && !info.IsDir():
		err = unix.ENOTDIR
	case err == nil:
		err = unix.Access(name, unix.W_OK|unix.X_OK)
	}
	if err != nil {
		return outfile.Failed("--out-dir", name, err)
	}
	return nil
}

// streams are the standard streams, or nil where clients have something else.
func (c *crowd) streams() (in, out *netio.Conn, err error) {
	j := c.job
	if j.Crowd.Serve == "" && !j.Crowd.Relay && !j.Options.RecvOnly {
		if in, err = c.loop.Stdin(int(c.env.Stdin.Fd())); err != nil {
			return nil, nil, err
		}
	}
	if j.Crowd.OutDir == "" && !j.Crowd.Relay && !j.Options.SendOnly {
		out, err = c.loop.Stdout(int(c.env.Stdout.Fd()))
	}
	return in, out, err
}

// places: a client takes its socket, and the files that are its own.
func (c *crowd) places() (most, each int) {
	each = 1 + len(c.job.Captures)
	if c.job.Crowd.Serve != "" {
		each++
	}
	if c.job.Crowd.OutDir != "" {
		each += 3 // with the pipe that splice needs
	}
	most = math.MaxInt
	if c.job.Kind.IsPackets() { // anybody can send from an address that is not its own
		most = defaultMaxConns
	}
	return cmp.Or(c.job.MaxConns, most), each
}

// serve opens what is the client's alone, then begins its session.
func (c *crowd) serve(cl client, served func(error)) {
	tell := func(err error) {
		if lost := c.hub.Err(); lost != nil { // the streams failed, which is the error to report
			c.listening.stop(lost)
			return
		}
		if err != nil && c.job.KeepOpen && !c.fatal(err) {
			err = &clientError{cl.id, cl.address(), err}
		}
		served(err)
	}
	ends, err := c.ends(cl)
	if err != nil {
		sock.Reset(cl.conn.FD()) // an orderly end would look like an empty file
		cl.conn.Close()
		tell(err)
		return
	}
	c.withCaptures(func(captures []*netio.Capture) { c.begins(cl, ends, captures, tell) })
}

// ends are the files of a client, where it has any.
func (c *crowd) ends(cl client) (e netio.Ends, err error) {
	if c.job.Crowd.Serve != "" {
		if e.In, err = c.loop.OpenFile(c.job.Crowd.Serve); err != nil {
			return e, err
		}
	}
	if c.job.Crowd.OutDir != "" {
		if e.Out, err = c.createFile(cl); err != nil && e.In != nil {
			e.In.Close()
		}
	}
	return e, err
}

// createFile makes the client's file. Where there is one of that name, of an earlier run, a number
// is added.
func (c *crowd) createFile(cl client) (*netio.Conn, error) {
	name := filepath.Join(c.job.Crowd.OutDir, cl.fileName())
	f, err := c.loop.CreateFile(name)
	for n := 2; errors.Is(err, fs.ErrExist) && n < 10000; n++ {
		f, err = c.loop.CreateFile(fmt.Sprintf("%s.%d", name, n))
	}
	return f, err
}

// fileName is the client's number and address, without what means something in the name of a file,
// or in a shell.
func (cl client) fileName() string {
	name := fmt.Sprintf("%04d", cl.id)
	if cl.from.IsValid() {
		host := strings.NewReplacer(":", "-", "%", "-", "/", "-").Replace(cl.from.Addr().String())
		name += fmt.Sprintf("-%s_%d", host, cl.from.Port())
	}
	return name
}

// address is where the client is, "" if that has no address.
func (cl client) address() string {
	if !cl.from.IsValid() {
		return ""
	}
	return cl.from.String()
}

func (c *crowd) begins(cl client, ends netio.Ends, captures []*netio.Capture, done func(error)) {
	j := c.job
	o := j.Options
	o.Captures, o.Record = captures, c.record(cl.conn)
	atTerminal := ends.In == nil && !j.Crowd.Relay && netio.IsTerminal(int(c.env.Stdin.Fd()))
	o.EndWithPeer = atTerminal && !o.RecvOnly
	if atTerminal {
		o.Unfinished = netio.UnfinishedInOrder
	}
	name := "somebody"
	if cl.from.IsValid() {
		name = cl.from.Addr().String()
	}
	o.LetGo, o.OnDeparture = departedLinger, c.resume // should another wait for its place
	begin := c.env.Now()
	var s *netio.Session
	s = c.hub.Join(cl.conn, cl.id, name, ends, o, func(r netio.Result) {
		delete(c.live, s)
		c.clients = slices.DeleteFunc(c.clients, func(other *netio.Session) bool { return other == s })
		c.sessionEnded(&j.Session, r, cl.id, c.env.Now().Sub(begin))
		done(r.Err)
	})
	c.live[s] = true
	c.clients = append(c.clients, s)
}

// fatal: what meets one client meets no other, but for a copy or a recording that can't be written.
// Failures of the standard streams are the hub's.
func (c *crowd) fatal(err error) bool {
	file, failed := errors.AsType[*outfile.Error](err)
	for _, capture := range c.job.Captures {
		if failed && file.Name == capture.Name {
			return true
		}
	}
	return c.recording != nil && c.recording.Err() != nil
}

// departedLinger is how long a client that has ended is kept while nothing comes for it, where
// --linger does not say.
const departedLinger = 10 * time.Second

func (c *crowd) makeWay() {
	for _, s := range c.clients {
		if s.Departed() {
			s.Release()
			return
		}
	}
}

func (c *crowd) stop() {
	if c.hub != nil {
		c.hub.Close()
	}
}

// defaultPatience is how long a client that takes nothing may hold up the others, where
// --idle-timeout does not say.
const defaultPatience = time.Minute
