package resolve

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sys/unix"
)

// systemFile is a file that is read with plain system calls. os.Open would start the runtime's
// poller for it, which costs a short program a tenth of its time. Read waits for a pipe or a
// device, until ctx ends at most.
type systemFile struct {
	ctx   context.Context // nil: no end
	path  string
	fd    int
	begun bool // something has been read
}

func openSystemFile(ctx context.Context, path string) (*systemFile, error) {
	// O_NONBLOCK: to open a pipe must not wait for its writer. Read does.
	const flags = unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NONBLOCK | unix.O_NOCTTY
	fd, err := retry(func() (int, error) { return unix.Open(path, flags, 0) })
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &systemFile{ctx: ctx, path: path, fd: fd}, nil
}

func (f *systemFile) Read(p []byte) (int, error) {
	for {
		if err := f.ended(); err != nil {
			return 0, err
		}
		n, err := retry(func() (int, error) { return unix.Read(f.fd, p) })
		switch {
		case n > 0:
			f.begun = true
			return n, nil
		case err == nil && (f.begun || !f.awaitsWriter()):
			return 0, io.EOF
		case err != nil && !errors.Is(err, unix.EAGAIN):
			return 0, fmt.Errorf("read %s: %w", f.path, err)
		}
		f.wait()
	}
}

func (f *systemFile) Close() error { return unix.Close(f.fd) }

// ended is the error of the lookup's context, if it has ended.
func (f *systemFile) ended() error {
	if f.ctx == nil {
		return nil
	}
	return f.ctx.Err()
}

// awaitsWriter reports whether the file is a pipe to which nothing has been written yet. Such a
// pipe hangs up only after its first writer has gone.
func (f *systemFile) awaitsWriter() bool {
	var st unix.Stat_t
	if unix.Fstat(f.fd, &st) != nil || uint32(st.Mode)&unix.S_IFMT != unix.S_IFIFO {
		return false
	}
	wait := []unix.PollFd{{Fd: int32(f.fd), Events: unix.POLLIN}}
	n, err := retry(func() (int, error) { return unix.Poll(wait, 0) })
	return err == nil && n == 0
}

// waitPause is the longest time, in milliseconds, for which wait does not check whether the lookup
// has ended.
const waitPause = 20

// wait waits briefly for bytes or the writer's end.
func (f *systemFile) wait() {
	unix.Poll([]unix.PollFd{{Fd: int32(f.fd), Events: unix.POLLIN}}, waitPause)
}

// retry repeats a system call that a signal interrupted.
func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}
