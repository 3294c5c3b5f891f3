package cmd

import (
	"errors"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"
)

// dieOfInterrupt has the program die of SIGINT itself, after a job that ended in order because of it, where the signal came
// from the terminal: a shell ends the loop that it runs there only if its command died of the signal. In $? it is the
// same, 130.
func dieOfInterrupt(err error) {
	var s *signalError
	if !errors.As(err, &s) || s.signal != unix.SIGINT || exitStatus(err) != exitSignalBase+int(unix.SIGINT) || !inForeground() {
		return
	}
	signal.Reset(unix.SIGINT)
	unix.Kill(unix.Getpid(), unix.SIGINT)
	time.Sleep(time.Second) // it comes at once
}

// inForeground says whether the program belongs to those that the terminal sends its signals to.
func inForeground() bool {
	fd, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
