package cmd

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"

	"gnc/netio"
)

// openLog opens what events are written to, if that is not stderr. Opening a named pipe waits for its reader, until ctx
// ends. The program's own commands do not inherit the log, so that its reader sees when the program has ended.
func (r *reporter) openLog(ctx context.Context) error {
	switch {
	case r.logFile != "":
		opened := make(chan error, 1)
		var fd int
		go func() {
			var err error
			fd, err = unix.Open(r.logFile, unix.O_WRONLY|unix.O_CREAT|unix.O_APPEND|unix.O_CLOEXEC, 0o666)
			for err == unix.EINTR {
				fd, err = unix.Open(r.logFile, unix.O_WRONLY|unix.O_CREAT|unix.O_APPEND|unix.O_CLOEXEC, 0o666)
			}
			opened <- err
		}()
		select {
		case err := <-opened:
			if err != nil {
				return netio.LocalError("open", r.logFile, err)
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		r.log = stream{fd, ctx}
	case r.logFD > 0:
		unix.CloseOnExec(r.logFD)
		r.log = stream{r.logFD, ctx}
	}
	return nil
}

// closeLog closes a log that was opened, and says what went wrong with it: a log with gaps is no success.
func (r *reporter) closeLog() error {
	if s, ok := r.log.(stream); ok && r.logFile != "" {
		if err := unix.Close(s.fd); err != nil && r.logErr == nil {
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
