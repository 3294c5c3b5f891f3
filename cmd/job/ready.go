package job

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"gnc/netio"
	"gnc/netio/address"
	"gnc/netio/outfile"
	"gnc/resolve"
)

// Ready are the places that learn that a listener accepts, and on which port.
type Ready struct {
	File    string // "" for none
	FileErr error  // the file is a descriptor that was not inherited to be written
	FD      int    // -1 for none
	Notify  string // a service manager's socket, "" for none
}

func (r Ready) asked() bool { return r.File != "" || r.FD >= 0 }

// tell writes the port and a newline. The file appears whole, by rename; a device, a pipe or a
// descriptor of ours is written into. The descriptor of --ready-fd is closed after the line.
func (r Ready) tell(ctx context.Context, port uint32) error {
	line := []byte(strconv.FormatUint(uint64(port), 10) + "\n")
	if r.File != "" {
		if err := r.tellFile(ctx, line); err != nil {
			return err
		}
	}
	if r.FD >= 0 {
		_, err := stream{r.FD, ctx}.Write(line)
		if closeErr := closeInherited(r.FD); err == nil {
			err = closeErr
		}
		if err != nil {
			return outfile.Failed("write", fmt.Sprintf("descriptor %d", r.FD), err)
		}
	}
	return nil
}

// tellFile has the line appear under the file's name, whatever that was, but for a pipe, a device
// or a descriptor.
func (r Ready) tellFile(ctx context.Context, line []byte) error {
	err := r.FileErr
	at := outfile.Follow(r.File)
	switch {
	case err != nil:
	case at.FD >= 0:
		_, err = stream{at.FD, ctx}.Write(line)
	case at.Into != "":
		var fd int
		if fd, err = openToWrite(ctx, at.Into, unix.O_APPEND); err != nil {
			return err
		}
		defer unix.Close(fd)
		_, err = stream{fd, ctx}.Write(line)
	default:
		err = outfile.WriteWhole(r.File, line)
	}
	if err != nil {
		return outfile.Failed("write", r.File, err)
	}
	return nil
}

// closeInherited closes a descriptor, which may be that of a standard stream.
func closeInherited(fd int) error {
	if fd > 2 {
		return unix.Close(fd)
	}
	return netio.ToNull(fd)
}

// tellReady reports the port in all places that are asked for.
func (t *Task) tellReady(r Ready, at []netip.AddrPort) error {
	port := t.boundPort
	if len(at) > 0 {
		port = uint32(at[0].Port())
	}
	if err := r.tell(t.ctx, port); err != nil {
		return err
	}
	t.notifyReady(r, at)
	return nil
}

// sayListening says where a task listens: with -v, and where nobody could know the port otherwise.
func (t *Task) sayListening(at []netip.AddrPort, target address.Target, r Ready) {
	level := 1
	if target.Port == "0" && !r.asked() {
		level = 0
	}
	if len(at) == 0 {
		t.say(level, "listening on %s", t.bound)
	}
	for _, a := range at {
		t.say(level, "listening on %s", a)
	}
}

// eventListening reports the same to programs.
func (t *Task) eventListening(at []netip.AddrPort) {
	if len(at) == 0 {
		t.event("listening", "address", t.bound, "port", t.boundPort)
	}
	for _, a := range at {
		t.event("listening", "address", a.Addr().String(), "port", a.Port())
	}
}

// startPoller has Go's runtime open its poller now. The runtime does so at the first timer, and has
// timers of its own: one begins when it gives memory back, at any moment of a server's life. A
// server that has as many clients as it may have open files then would be ended with a stack trace.
// Where there is no room already, it serves without.
func startPoller() {
	if resolve.CheckPoller() == nil {
		time.AfterFunc(time.Hour, func() {}).Stop()
	}
}
