package cmd

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"

	"gnc/netio"
)

// readyFlags say who is told that a listener accepts.
type readyFlags struct {
	PortFile string `placeholder:"FILE" help:"Write the port to FILE once it accepts."`
	ReadyFd  *int   `name:"ready-fd" placeholder:"N" help:"Write the port to descriptor N once it accepts, and close it."`
}

func (f *readyFlags) ready(env *Env) (ready, error) {
	r := ready{file: f.PortFile, fd: -1, notify: notifySocket(env)}
	if r.file != "" {
		if at := netio.Follow(r.file); at.FD >= 0 && !isWritable(at.FD) {
			r.fileErr = unix.EBADF
		}
	}
	if f.ReadyFd != nil {
		r.fd = *f.ReadyFd
		if !isWritable(r.fd) {
			return r, fmt.Errorf("--ready-fd %d is not an open descriptor that could be written to", r.fd)
		}
	}
	return r, nil
}

// isOpen says whether a descriptor was inherited. It is asked before we open any ourselves.
func isOpen(fd int) bool {
	_, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil
}

// isWritable says whether a descriptor was inherited that can be written to.
func isWritable(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	return err == nil && flags&unix.O_ACCMODE != unix.O_RDONLY
}

// ready is who is told that a listener accepts, and on which port.
type ready struct {
	file    string // "" for none
	fileErr error  // the file is a descriptor that was not inherited to be written
	fd      int    // -1 for none
	notify  string // a service manager's socket, "" for none
}

func (r ready) asked() bool { return r.file != "" || r.fd >= 0 }

// tell writes the port and a newline. The file appears whole, by rename; a device, a pipe or a descriptor of ours is written
// into. The descriptor of --ready-fd is closed after the line.
func (r ready) tell(ctx context.Context, port uint32) error {
	line := []byte(strconv.FormatUint(uint64(port), 10) + "\n")
	if r.file != "" {
		if err := r.tellFile(ctx, line); err != nil {
			return err
		}
	}
	if r.fd >= 0 {
		_, err := stream{r.fd, ctx}.Write(line)
		if closeErr := closeInherited(r.fd); err == nil {
			err = closeErr
		}
		if err != nil {
			return netio.FileFailed("write", fmt.Sprintf("descriptor %d", r.fd), err)
		}
	}
	return nil
}

// tellFile has the line appear under the file's name, whatever that was, but for a pipe, a device or a descriptor.
func (r ready) tellFile(ctx context.Context, line []byte) error {
	err := r.fileErr
	at := netio.Follow(r.file)
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
		err = netio.WriteWhole(r.file, line)
	}
	if err != nil {
		return netio.FileFailed("write", r.file, err)
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

// tellReady tells all who asked.
func (t *task) tellReady(r ready, at []netip.AddrPort) error {
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
func (t *task) sayListening(at []netip.AddrPort, target netio.Target, r ready) {
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

// eventListening tells programs the same.
func (t *task) eventListening(at []netip.AddrPort) {
	if len(at) == 0 {
		t.event("listening", "address", t.bound, "port", t.boundPort)
	}
	for _, a := range at {
		t.event("listening", "address", a.Addr().String(), "port", a.Port())
	}
}
