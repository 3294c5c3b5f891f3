package job

import (
	"fmt"
	"net/netip"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// notifyReady reports to the service manager that the service accepts, and where.
func (t *Task) notifyReady(r Ready, at []netip.AddrPort) {
	if r.Notify == "" {
		return
	}
	where := t.bound
	if len(at) > 0 {
		words := make([]string, len(at))
		for i, a := range at {
			words[i] = a.String()
		}
		where = strings.Join(words, ", ")
	}
	t.serving = true
	t.notify(r, "READY=1\nSTATUS=listening on "+where+"\n")
}

// notifyStopping reports to it, once, that the service ends.
func (t *Task) notifyStopping(r Ready) {
	if t.serving {
		t.serving = false
		t.notify(r, "STOPPING=1\nSTATUS=ending\n")
	}
}

// notify sends one datagram. An error is a sentence, and no failure of the job: the service manager
// has its own time-outs.
func (t *Task) notify(r Ready, state string) {
	if err := sendTo(r.Notify, state); err != nil {
		t.say(0, "NOTIFY_SOCKET %s: %v", r.Notify, err)
	}
}

// sendTo sends a datagram to a Unix socket. It may wait for a place in the receiver's queue, a
// second at most: nothing is under way yet, or nothing any more.
func sendTo(path, text string) error {
	if !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "@") {
		return fmt.Errorf("it is neither an absolute path nor an abstract name")
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	unix.CloseOnExec(fd)
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &unix.Timeval{Sec: 1}); err != nil {
		return err
	}
	return syscall.Sendto(fd, []byte(text), 0, &syscall.SockaddrUnix{Name: path}) // x/sys refuses a name of 107 bytes
}
