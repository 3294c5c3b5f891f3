package cmd

import (
	"fmt"
	"time"

	"gnc/cmd/job"
	"gnc/netio"
)

// echoFlags is the grammar of gnc echo.
type echoFlags struct {
	Address []string `arg:"" optional:"" name:"address" help:"[HOST] PORT, HOST:PORT, [V6]:PORT or :PORT, also after tcp: or udp:, or unix:PATH or vsock:CID:PORT (tcp:// and so on mean the same). Port 0: the kernel chooses. No address where a service manager passes sockets (LISTEN_FDS)."`

	addressFlags

	UDP         bool     `name:"udp" short:"u" help:"Datagrams: each goes back to its sender."`
	Unix        bool     `short:"U" help:"A Unix socket: the address is a path, or @NAME."`
	Vsock       bool     `help:"A vsock address: CID and PORT, where CID is a number, any, local or host (Linux)."`
	Loops       count    `default:"1" placeholder:"N" help:"Threads that serve, each with a socket of its own on the port."`
	MaxConns    count    `short:"m" placeholder:"N" help:"Connections at a time; more wait in the backlog."`
	IdleTimeout duration `placeholder:"DUR" help:"Close a connection on which nothing has moved for this long."`
	Linger      duration `default:"3" placeholder:"DUR" help:"After a signal, open connections may take this long to finish."`
	Deadline    duration `placeholder:"DUR" help:"Bound on the whole run, after which nothing lingers."`
	Backlog     count    `placeholder:"N" help:"Connections that may wait to be accepted."`
	Rate        size     `placeholder:"SIZE" help:"Bytes a second at most, each connection."`
	Stats       bool     `help:"At the end, print a line that sums up."`
	readyFlags

	Delay        duration `group:"Faults, for each connection:" placeholder:"DUR" help:"Hold back each piece for this long."`
	Chunk        size     `group:"Faults, for each connection:" placeholder:"SIZE" help:"Send back pieces of this size."`
	StallAfter   size     `group:"Faults, for each connection:" placeholder:"SIZE" help:"After so many bytes, read and send back no more."`
	ResetAfter   size     `group:"Faults, for each connection:" placeholder:"SIZE" help:"After so many bytes, reset the connection."`
	CloseAfter   size     `group:"Faults, for each connection:" placeholder:"SIZE" help:"After so many bytes, close the connection."`
	CorruptEvery size     `group:"Faults, for each connection:" placeholder:"SIZE" help:"Invert every SIZE-th byte."`

	wordFlags
}

func (f *echoFlags) job(env *job.Env) (job.Job, error) {
	kind, err := vsockKind(f.Vsock, job.KindOf(f.UDP, f.Unix))
	if err != nil {
		return nil, err
	}
	kind, target, inherited, err := listenAddress(env, f.Address, kind)
	if err != nil {
		return nil, err
	}
	told, err := f.words()
	if err != nil {
		return nil, err
	}
	ready, err := f.ready(env)
	if err != nil {
		return nil, err
	}
	if f.MaxConns > 0 && f.MaxConns < f.Loops {
		return nil, fmt.Errorf("--max-conns %d is too few for --loops %d: each loop has one or more", f.MaxConns, f.Loops)
	}
	faults := netio.Faults{Delay: time.Duration(f.Delay), Chunk: f.Chunk.asInt(), StallAfter: int64(f.StallAfter),
		ResetAfter: int64(f.ResetAfter), CloseAfter: int64(f.CloseAfter), CorruptEvery: int64(f.CorruptEvery)}
	o := netio.EchoOptions{MaxConns: int(f.MaxConns), Idle: time.Duration(f.IdleTimeout), Rate: int64(f.Rate), Faults: faults}
	if kind.IsPackets() && (f.MaxConns > 0 || o.Idle > 0 || o.Rate > 0 || faults != netio.Faults{}) {
		return nil, fmt.Errorf("datagrams have no connections: they go with no limit and no fault")
	}
	if kind.ByName() && f.Loops > 1 {
		return nil, fmt.Errorf("--loops needs a port that can be shared; a Unix path or a vsock port can't be")
	}
	if len(inherited) > 0 && f.Loops > 1 {
		return nil, fmt.Errorf("--loops needs a socket for each; those that LISTEN_FDS has passed are for one")
	}
	return &job.Echo{Inherited: inherited, Target: target, Network: job.Family(f.IPv4, f.IPv6), Numeric: f.Numeric, Mux: f.Mux, Kind: kind, Loops: int(f.Loops),
		Backlog: int(f.Backlog), Options: o, Linger: time.Duration(f.Linger), Deadline: time.Duration(f.Deadline), Stats: f.Stats, Ready: ready, Words: told}, nil
}
