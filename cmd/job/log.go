package job

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"

	"gnc/netio/outfile"
)

// openLog opens what events are written to, if that is not stderr. The program's own commands do
// not inherit the log, so that its reader sees when the program has ended.
func (r *reporter) openLog(ctx context.Context) error {
	switch {
	case r.LogFile != "":
		fd, err := openToWrite(ctx, r.LogFile, unix.O_CREAT|unix.O_APPEND)
		if err != nil {
			return err
		}
		r.log = stream{fd, ctx}
	case r.LogFD > 0:
		unix.CloseOnExec(r.LogFD)
		r.log = stream{r.LogFD, ctx}
	}
	return nil
}

// openToWrite opens a file for writing. Opening a named pipe waits for its reader, until ctx ends;
// what comes of it later is closed again.
func openToWrite(ctx context.Context, name string, flags int) (int, error) {
	type result struct {
		fd  int
		err error
	}
	opened := make(chan result) // without room: a descriptor is taken or it is not
	go func() {
		var r result
		r.fd, _, r.err = outfile.OpenToWrite(name, flags)
		select {
		case opened <- r:
		case <-ctx.Done():
			if r.err == nil {
				unix.Close(r.fd)
			}
		}
	}()
	select {
	case r := <-opened:
		if r.err != nil {
			return -1, outfile.Failed("open", name, r.err)
		}
		return r.fd, nil
	case <-ctx.Done():
		return -1, context.Cause(ctx)
	}
}

// closeLog closes a log that was opened, and says what went wrong with it. A log with gaps is no
// success, and not hidden by err, which the job has ended with: err alone decides the status then.
func (r *reporter) closeLog(err error) error {
	if s, ok := r.log.(stream); ok && r.LogFile != "" {
		if closeErr := unix.Close(s.fd); closeErr != nil && r.logErr == nil {
			r.logErr = outfile.Failed("close", r.logName(), closeErr)
		}
	}
	if r.logErr == nil {
		return err
	}
	r.say(0, "%v", r.logErr)
	if err == nil {
		return r.logErr
	}
	return err
}

func (r *reporter) logName() string {
	switch {
	case r.LogFile != "":
		return r.LogFile
	case r.LogFD > 0:
		return fmt.Sprintf("descriptor %d", r.LogFD)
	}
	return "stderr"
}
