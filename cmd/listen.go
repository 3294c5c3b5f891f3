package cmd

import (
	"errors"
	"fmt"
	"time"

	"gnc/cmd/job"
	"gnc/netio"
	"gnc/netio/access"
)

// listenFlags is the grammar of gnc listen.
type listenFlags struct {
	Address []string `arg:"" optional:"" name:"address" help:"[HOST] PORT, HOST:PORT, [V6]:PORT or :PORT, also after tcp: or udp:, or unix:PATH or vsock:CID:PORT (tcp:// and so on mean the same). Port 0: the kernel chooses. No address where a service manager passes sockets (LISTEN_FDS)."`

	sessionFlags

	AcceptTimeout duration `placeholder:"DUR" help:"Bound on the wait for a connection; with -u -k, for the next datagram of any sender."`
	KeepOpen      bool     `short:"k" help:"Serve all clients at once: stdin goes to each, and what they send goes to stdout. Ends by signal, --count, --accept-timeout or --deadline."`
	MaxConns      count    `short:"m" placeholder:"N" help:"Clients served at a time, with --keep-open; the rest wait in the backlog. Commands, scripts and senders of datagrams: 100 by default."`
	Count         count    `placeholder:"N" help:"Serve N clients, then end: with 0, or the status of the first that failed. Implies --keep-open."`
	Backlog       count    `placeholder:"N" help:"Connections that may wait to be accepted. Senders of datagrams: 128 by default."`
	ReusePort     bool     `help:"Share the port with others that do (SO_REUSEPORT)."`
	readyFlags
	crowdFlags
	accessFlags
}

func (f *listenFlags) job(env *job.Env) (job.Job, error) {
	common, err := f.sessionJob()
	if err != nil {
		return nil, err
	}
	kind, target, inherited, err := listenAddress(env, f.Address, common.Kind)
	if err != nil {
		return nil, err
	}
	common.Kind = kind
	if err := checkScript(&common); err != nil {
		return nil, err
	}
	access, err := f.access(kind)
	if err != nil {
		return nil, err
	}
	if len(inherited) > 1 && kind == job.UDP {
		return nil, errors.New("gnc listen hears datagrams on one socket; LISTEN_FDS has passed several")
	}
	if len(inherited) > 0 && kind.IsPackets() && len(common.Exec) > 0 && !f.KeepOpen && f.Count == 0 {
		return nil, errors.New("a command for the first sender alone needs a socket that is connected; one of datagrams that LISTEN_FDS has passed must not be: add --keep-open")
	}
	ready, err := f.ready(env)
	if err != nil {
		return nil, err
	}
	j := &job.Listen{Session: common, Target: target, AcceptTimeout: time.Duration(f.AcceptTimeout), Backlog: int(f.Backlog), ReusePort: f.ReusePort,
		KeepOpen: f.KeepOpen || f.Count > 0 || f.Broker || f.Chat, MaxConns: int(f.MaxConns), Count: int(f.Count), Ready: ready,
		Inherited: inherited, Crowd: f.crowdJob(), Access: access}
	return j, checkCrowd(j)
}

// accessFlags are about the clients that may connect.
type accessFlags struct {
	Allow     []string `placeholder:"SPEC" help:"Serve these only: addresses, ranges (ADDRESS/BITS) or names, separated by commas; a link-local one may say its link (fe80::1%eth0). May be repeated."`
	Deny      []string `placeholder:"SPEC" help:"Refuse these clients, allowed or not: reset them before a byte is read."`
	Allowfile []string `sep:"none" placeholder:"FILE" help:"As --allow, one a line; # begins a comment."`
	Denyfile  []string `sep:"none" placeholder:"FILE" help:"As --deny, one a line; # begins a comment."`
}

func (f *accessFlags) access(k job.Kind) (job.Access, error) {
	j := job.Access{AllowFiles: f.Allowfile, DenyFiles: f.Denyfile}
	if k.IsUnix() && len(f.Allow)+len(f.Deny)+len(f.Allowfile)+len(f.Denyfile) > 0 {
		return j, fmt.Errorf("clients of a Unix socket have no addresses to allow or deny; set the mode of its directory")
	}
	for _, list := range []struct {
		flag  string
		words []string
		specs *[]access.Spec
	}{{"--allow", f.Allow, &j.Allow}, {"--deny", f.Deny, &j.Deny}} {
		for _, word := range list.words {
			spec, err := access.Parse(word)
			if err != nil {
				return j, fmt.Errorf("%s: %w", list.flag, err)
			}
			*list.specs = append(*list.specs, spec)
		}
	}
	return j, nil
}

// crowdFlags say what many clients are served with, instead of the standard streams.
type crowdFlags struct {
	Serve  string `placeholder:"FILE" help:"Send FILE, from its start, to each client instead of stdin. What clients send goes to stdout. UDP: in datagrams of 1,200 bytes."`
	OutDir string `placeholder:"DIR" help:"Write what each client sends to a new file in DIR, named for its number and address, instead of stdout."`
	Broker bool   `help:"What one client sends goes to all others; stdin and stdout are not used. Implies --keep-open."`
	Chat   bool   `help:"As --broker, line by line, each with its sender's name; control characters are made harmless."`
}

func (f *crowdFlags) crowdJob() job.Crowd {
	return job.Crowd{Serve: f.Serve, OutDir: f.OutDir, Relay: f.Broker || f.Chat, Chat: f.Chat}
}

// checkCrowd refuses what makes no sense together.
func checkCrowd(j *job.Listen) error {
	o, c := &j.Options, &j.Crowd
	switch {
	case j.Count > 0 && j.Kind.IsPackets() && !j.EachSender():
		return errors.New("--count counts the senders of datagrams only where each is served by itself: with --exec, --sh-exec, --serve or --script")
	case (c.OutDir != "" || c.Relay) && j.Kind.IsPackets():
		return errors.New("--out-dir, --broker and --chat go together with streams only")
	case *c != job.Crowd{} && len(j.Exec) > 0:
		return errors.New("a command has the connection to itself: --exec and --sh-exec go with none of --serve, --out-dir, --broker, --chat")
	case *c != job.Crowd{} && j.Script != "":
		return errors.New("--script says what each client gets: it goes with none of --serve, --out-dir, --broker and --chat")
	case c.Relay && (c.Serve != "" || c.OutDir != ""):
		return errors.New("--broker and --chat use no files: they go with neither --serve nor --out-dir")
	case c.Relay && (o.SendOnly || o.RecvOnly || o.Until != netio.UntilBoth):
		return errors.New("--broker and --chat go with none of --send-only, --recv-only and --until: a client's end ends its part")
	case c.Serve != "" && o.RecvOnly:
		return errors.New("--serve sends, --recv-only does not")
	case c.OutDir != "" && o.SendOnly:
		return errors.New("--out-dir receives, --send-only does not")
	case j.IsCrowd() && (j.Progress == "always" || j.Size > 0):
		return errors.New("--progress and --size are about a single session; for many there is --stats, a line for each")
	}
	return nil
}
