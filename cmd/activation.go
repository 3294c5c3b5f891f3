package cmd

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"gnc/cmd/job"
	"gnc/netio/address"
	"gnc/netio/sock"
)

// firstInherited is the first descriptor that a service manager passes (SD_LISTEN_FDS_START of
// sd_listen_fds(3)).
const firstInherited = 3

// listenAddress says where to listen: on the sockets that a service manager has passed, or else
// where the words say, which may be left out if there are such sockets.
func listenAddress(env *job.Env, words []string, k job.Kind) (job.Kind, address.Target, []sock.Inherited, error) {
	sockets, err := inheritedSockets(env)
	if err != nil {
		return k, address.Target{}, nil, err
	}
	if len(sockets) == 0 {
		k, target, err := parseAddress(words, k, true, listenTarget)
		return k, target, nil, err
	}
	asked, first := k, sockets[0]
	if k = job.KindOf(first.Packets, first.Unix()); asked != job.TCP && asked != k {
		return k, address.Target{}, nil, errors.New("the socket that was passed (LISTEN_FDS) is of another kind than --udp, --unix or --vsock say; leave them out")
	}
	for _, s := range sockets[1:] {
		if job.KindOf(s.Packets, s.Unix()) != k || k.IsUnix() {
			return k, address.Target{}, nil, errors.New("of the sockets that were passed (LISTEN_FDS), several can be served only if all are TCP's or all are UDP's")
		}
	}
	if k.IsUnix() {
		return k, address.Target{Host: first.Path}, sockets, nil
	}
	return k, address.Target{Host: first.Addr.Addr().String(), Port: strconv.Itoa(int(first.Addr.Port()))}, sockets, nil
}

// inheritedSockets are those that are meant for this process (sd_listen_fds(3)). The variables that
// say so are taken out of the environment: they are not for our commands.
func inheritedSockets(env *job.Env) ([]sock.Inherited, error) {
	if pid, err := strconv.Atoi(env.Getenv("LISTEN_PID")); err != nil || pid != os.Getpid() {
		return nil, nil
	}
	count, err := strconv.Atoi(env.Getenv("LISTEN_FDS"))
	if err != nil || count < 1 || count > 1024 {
		return nil, fmt.Errorf("LISTEN_FDS is %q, which is no number of sockets", env.Getenv("LISTEN_FDS"))
	}
	names := strings.Split(env.Getenv("LISTEN_FDNAMES"), ":")
	for _, name := range []string{"LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		os.Unsetenv(name)
	}
	sockets := make([]sock.Inherited, count)
	for i := range sockets {
		fd := firstInherited + i
		if sockets[i], err = sock.InheritSocket(fd); err != nil {
			called := ""
			if i < len(names) && names[i] != "" {
				called = " (" + names[i] + ")"
			}
			return nil, fmt.Errorf("descriptor %d%s that was passed by LISTEN_FDS: %w", fd, called, err)
		}
	}
	return sockets, nil
}
