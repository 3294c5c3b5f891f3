package job

import (
	"context"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// stream writes words or events to a descriptor that others may share: its flags stay as they are.
// It waits for a slow reader, but not once the job has to end: a signal or a deadline ends a job
// whose words nobody reads, too.
type stream struct {
	fd  int
	ctx context.Context // ends the wait
}

// streamOf is w, bounded by ctx where it is a file.
func streamOf(w io.Writer, ctx context.Context) io.Writer {
	if f, ok := w.(*os.File); ok {
		return stream{int(f.Fd()), ctx}
	}
	return w
}

// streamPause is how often a stream that waits looks whether the job has to end.
const streamPause = 20 * time.Millisecond

func (s stream) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		if !s.ready() {
			return done, context.Cause(s.ctx)
		}
		n, err := unix.Write(s.fd, p[done:])
		switch err {
		case nil:
			done += n
		case unix.EINTR, unix.EAGAIN:
		default:
			return done, err
		}
	}
	return len(p), nil
}

// ready waits until the reader takes something, or an error does; false: it has taken nothing, and
// the job has to end.
func (s stream) ready() bool {
	for {
		pause, ended := streamPause, s.ctx.Err() != nil
		if ended {
			pause = 0
		}
		wait := []unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLOUT}}
		switch n, err := unix.Poll(wait, int(pause.Milliseconds())); {
		case n > 0, err != nil && err != unix.EINTR:
			return true
		case ended && err == nil:
			return false
		}
	}
}
