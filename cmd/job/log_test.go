package job

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestOpenToWriteGivenUp has a reader come to a named pipe after the job has ended: nothing of the
// job may hold the pipe open. The race detector sees that nobody writes what openToWrite has
// returned.
func TestOpenToWriteGivenUp(t *testing.T) {
	name := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	ended := errors.New("ended")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(ended)
	if fd, err := openToWrite(ctx, name, 0); fd != -1 || !errors.Is(err, ended) {
		t.Fatalf("openToWrite is %d, %v; want -1, %v", fd, err, ended)
	}
	reader, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC, 0) // waits until it is opened to be written
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(reader)
	end := []unix.PollFd{{Fd: int32(reader)}} // the end is always reported
	for start := time.Now(); end[0].Revents&unix.POLLHUP == 0; {
		if _, err := unix.Poll(end, 100); err != nil && err != unix.EINTR {
			t.Fatal(err)
		}
		if time.Since(start) > time.Minute {
			t.Fatal("the pipe is still open for writing")
		}
	}
}
