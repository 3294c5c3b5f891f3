package cmd

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"gnc/netio"
)

// openLog opens what events are written to, if that is not stderr. Opening a named pipe waits for its reader. The
// program's own commands do not inherit the log, so that its reader sees when the program has ended.
func (r *reporter) openLog() error {
	switch {
	case r.logFile != "":
		f, err := os.OpenFile(r.logFile, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
		if err != nil {
			return netio.LocalError("open", r.logFile, err)
		}
		r.log = f
	case r.logFD > 0:
		unix.CloseOnExec(r.logFD)
		r.log = descriptor(r.logFD)
	}
	return nil
}

// closeLog closes a log that was opened, and says what went wrong with it: a log with gaps is no success.
func (r *reporter) closeLog() error {
	if f, ok := r.log.(*os.File); ok && r.logFile != "" {
		if err := f.Close(); err != nil && r.logErr == nil {
			r.logErr = netio.LocalError("close", r.logName(), err)
		}
	}
	return r.logErr
}

func (r *reporter) logName() string {
	if r.logFile != "" {
		return r.logFile
	}
	return fmt.Sprintf("descriptor %d", r.logFD)
}

// descriptor writes to a descriptor that others share, whose flags stay as they are.
type descriptor int

func (d descriptor) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		n, err := unix.Write(int(d), p[done:])
		switch err {
		case nil:
			done += n
		case unix.EINTR:
		case unix.EAGAIN:
			wait := []unix.PollFd{{Fd: int32(d), Events: unix.POLLOUT}}
			unix.Poll(wait, -1)
		default:
			return done, err
		}
	}
	return len(p), nil
}
