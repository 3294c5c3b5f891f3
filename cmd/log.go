package cmd

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"

	"gnc/netio"
)

// openLog opens what events are written to, if that is not stderr. The program's own commands do not inherit the log, so that its reader sees when the program has ended.
func (r *reporter) openLog(ctx context.Context) error {
	switch {
	case r.logFile != "":
		fd, err := openToWrite(ctx, r.logFile, unix.O_CREAT|unix.O_APPEND)
		if err != nil {
			return err
		}
		r.log = stream{fd, ctx}
	case r.logFD > 0:
		unix.CloseOnExec(r.logFD)
		r.log = stream{r.logFD, ctx}
	}
	return nil
}

// openToWrite opens a file for writing. Opening a named pipe waits for its reader, until ctx ends.
func openToWrite(ctx context.Context, name string, flags int) (fd int, err error) {
	opened := make(chan error, 1)
	go func() {
		var err error
		for {
			if fd, err = unix.Open(name, unix.O_WRONLY|unix.O_CLOEXEC|flags, 0o666); err != unix.EINTR {
				break
			}
		}
		opened <- err
	}()
	select {
	case err := <-opened:
		if err != nil {
			return -1, netio.LocalError("open", name, err)
		}
		return fd, nil
	case <-ctx.Done():
		return -1, context.Cause(ctx)
	}
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
