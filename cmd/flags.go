package cmd

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"gnc/cmd/job"
	"gnc/netio"
	"gnc/netio/outfile"
	"gnc/netio/sock"
)

// addressFlags say how addresses are looked up, and what waits on them.
type addressFlags struct {
	IPv4    bool   `name:"ipv4" short:"4" xor:"family" help:"IPv4 only."`
	IPv6    bool   `name:"ipv6" short:"6" xor:"family" help:"IPv6 only."`
	Numeric bool   `short:"n" help:"No lookup of names and services."`
	Mux     string `default:"auto" placeholder:"NAME" help:"The multiplexer that carries every byte: auto, epoll, kqueue, poll or select."`
}

// wordFlags are about what stderr and the log get.
type wordFlags struct {
	Verbose int    `short:"v" type:"counter" help:"Say on stderr what happens; twice: more."`
	Quiet   bool   `help:"Say nothing on stderr; the exit status tells."`
	Log     string `enum:",text,json" default:"" placeholder:"FORMAT" help:"Events, one a line, as text or json. On stderr they replace the sentences."`
	LogFile string `xor:"log-to" placeholder:"FILE" help:"Append the events to FILE: as text, unless --log says json."`
	LogFd   *int   `name:"log-fd" xor:"log-to" placeholder:"N" help:"Write the events to descriptor N."`
}

func (f *wordFlags) words() (job.Words, error) {
	w := job.Words{Verbose: f.Verbose, Quiet: f.Quiet, Format: f.Log, LogFile: f.LogFile}
	if f.LogFd != nil {
		w.LogFD = *f.LogFd
		if w.LogFD < 1 || !isOpen(w.LogFD) {
			return w, fmt.Errorf("--log-fd %d is not an open descriptor that could be written to", w.LogFD)
		}
	}
	if w.Format == "" && w.Aside() {
		w.Format = "text"
	}
	if f.Quiet && (f.Verbose > 0 || f.Log != "" && !w.Aside()) {
		return w, fmt.Errorf("--quiet goes with neither --verbose nor --log on stderr")
	}
	return w, nil
}

// sessionFlags are the flags that listen and connect share. They become a job.Session.
type sessionFlags struct {
	execFlags
	scriptFlags
	addressFlags

	UDP  bool `short:"u" help:"UDP: one read is one datagram."`
	Unix bool `short:"U" help:"A Unix socket: the address is a path, or @NAME for an abstract one. With --udp, of datagrams."`

	Vsock bool `help:"A vsock address: CID and PORT, where CID is a number, any, local or host (Linux)."`

	Until      string   `default:"both" enum:"both,received,sent,either" placeholder:"END" help:"End when both directions have ended (the default), the peer's (received), ours (sent), or either."`
	NoShutdown bool     `help:"Do not half-close at the end of stdin."`
	SendOnly   bool     `xor:"direction" help:"Send stdin; do not read from the peer."`
	RecvOnly   bool     `xor:"direction" help:"Receive; do not read stdin."`
	Linger     duration `placeholder:"DUR" help:"Once one direction has ended, the other may idle this long."`

	Timeout     duration `short:"w" placeholder:"DUR" help:"Short for --idle-timeout and, in gnc connect, --connect-timeout."`
	IdleTimeout duration `placeholder:"DUR" help:"End with status 5 when nothing has moved for this long. For a sender of listen -u -k with a command, file or script: a minute by default, and an orderly end."`
	Deadline    duration `placeholder:"DUR" help:"Bound on the whole run, from the lookup to the last byte."`

	CRLF   bool     `name:"crlf" short:"C" help:"Send each LF as CR LF, where no CR precedes it."`
	Telnet bool     `short:"t" help:"Speak telnet: refuse its options, take its commands out of what is received, double each byte 255 that is sent. Copies (--output, --hex-dump, --record) hold what passed on the connection."`
	Delay  duration `short:"i" placeholder:"DUR" help:"Pause after each line that is sent."`

	ZeroCopy string `default:"auto" enum:"auto,never" placeholder:"WHEN" help:"Use splice and sendfile where both ends allow it (auto), or never."`
	Rate     size   `placeholder:"SIZE" help:"Bytes a second at most, each direction."`
	Progress string `default:"auto" enum:"auto,always,never" placeholder:"WHEN" help:"A live line on stderr: on a terminal (auto), always or never."`
	Size     total  `placeholder:"SIZE" help:"Size of all of stdin, for the live line."`
	Stats    bool   `help:"At the end, print a line that sums up."`

	Output       string `short:"o" placeholder:"FILE" help:"Write a copy of the session, both directions, to FILE."`
	HexDump      string `short:"x" placeholder:"FILE" help:"Write a hex dump of the session to FILE."`
	AppendOutput bool   `help:"Append to the files of --output and --hex-dump."`

	socketFlags

	wordFlags
}

// captures are the files that get a copy of the session.
func (f *sessionFlags) captures() (files []netio.CaptureOptions) {
	if f.Output != "" {
		files = append(files, netio.CaptureOptions{Name: f.Output, Append: f.AppendOutput})
	}
	if f.HexDump != "" {
		files = append(files, netio.CaptureOptions{Name: f.HexDump, Hex: true, Append: f.AppendOutput})
	}
	return files
}

// shared reports whether a file is also among the others.
func shared(file string, others ...string) bool { return file != "" && slices.Contains(others, file) }

func (f *sessionFlags) sessionJob() (job.Session, error) {
	until := map[string]netio.Until{"both": netio.UntilBoth, "received": netio.UntilReceived, "sent": netio.UntilSent,
		"either": netio.UntilEither}[f.Until]
	told, err := f.words()
	switch {
	case err != nil:
		return job.Session{}, err
	case shared(f.Output, f.HexDump):
		return job.Session{}, fmt.Errorf("--output and --hex-dump can't share the file %s", f.Output)
	case shared(f.Record, f.Output, f.HexDump):
		return job.Session{}, fmt.Errorf("--record can't share the file %s with --output or --hex-dump", f.Record)
	case f.RecvOnly && until == netio.UntilSent:
		return job.Session{}, fmt.Errorf("--recv-only sends nothing that --until sent could wait for")
	case f.SendOnly && until == netio.UntilReceived:
		return job.Session{}, fmt.Errorf("--send-only receives nothing that --until received could wait for")
	}
	kind, err := vsockKind(f.Vsock, job.KindOf(f.UDP, f.Unix))
	if err != nil {
		return job.Session{}, err
	}
	socket, err := f.socket()
	if err != nil {
		return job.Session{}, err
	}
	idle := f.IdleTimeout
	if idle == 0 {
		idle = f.Timeout
	}
	return job.Session{
		Network:  job.Family(f.IPv4, f.IPv6),
		Kind:     kind,
		Exec:     job.CommandWords(f.Exec, f.ShExec),
		Shell:    f.ShExec != "",
		Numeric:  f.Numeric,
		Mux:      f.Mux,
		Deadline: time.Duration(f.Deadline),
		Captures: f.captures(),
		Script:   f.Script,
		Record:   f.Record,
		Progress: f.Progress,
		Size:     int64(f.Size),
		Stats:    f.Stats,
		Socket:   socket,
		Words:    told,
		Options: netio.SessionOptions{
			Until: until, NoShutdown: f.NoShutdown, SendOnly: f.SendOnly, RecvOnly: f.RecvOnly,
			CRLF: f.CRLF, Telnet: f.Telnet, TelnetData: f.Telnet, LinePause: time.Duration(f.Delay),
			Linger: time.Duration(f.Linger), Idle: time.Duration(idle), CopyOnly: f.ZeroCopy == "never", Rate: int64(f.Rate),
		},
	}, nil
}

// scriptFlags put a conversation from a file in the place of the standard streams, and write down
// what happens.
type scriptFlags struct {
	Script string `placeholder:"FILE" help:"Play the conversation in FILE on each connection; status 9 if the other side does not keep to it."`
	Record string `placeholder:"FILE" help:"Write what happens to FILE, as a conversation that --script can play."`
}

// checkScript refuses what has no meaning beside a script or a recording.
func checkScript(j *job.Session) error {
	o := &j.Options
	switch {
	case j.Script == "" && j.Record == "":
		return nil
	case j.Record != "" && j.Kind.IsPackets():
		return errors.New("--record is for streams, not for datagrams")
	case j.Record == j.Script:
		return fmt.Errorf("--script and --record can't share the file %s: it would be emptied first", j.Script)
	case j.Script == "":
		return nil
	case len(j.Exec) > 0:
		return errors.New("--script does what the command of --exec or --sh-exec would: give one or the other")
	case o.CRLF || o.Telnet || o.LinePause > 0 || o.Rate > 0:
		return errors.New("--script says itself what is sent, and when: it goes with none of --crlf, --telnet, --delay and --rate")
	case o.Until != netio.UntilBoth || o.NoShutdown || o.SendOnly || o.RecvOnly:
		return errors.New("--script says itself how the session ends: it goes with none of --until, --no-shutdown, --send-only and --recv-only")
	}
	return nil
}

// socketFlags are the options of the sockets themselves.
type socketFlags struct {
	TOS        string   `name:"tos" placeholder:"WORD" help:"Type of service: lowdelay, throughput, af11 to af43, cs0 to cs7, ef, or a number."`
	TTL        *uint8   `name:"ttl" placeholder:"N" help:"Hop limit of what is sent."`
	MinTTL     *uint8   `name:"min-ttl" placeholder:"N" help:"Least hop limit of what is accepted."`
	RecvBuffer size     `placeholder:"SIZE" help:"The socket's receive buffer."`
	SendBuffer size     `placeholder:"SIZE" help:"The socket's send buffer."`
	Keepalive  duration `placeholder:"DUR" help:"Ask an idle peer for a sign of life this often."`
	Interface  string   `placeholder:"NAME" help:"Use this interface only."`
}

func (f *socketFlags) socket() (sock.Options, error) {
	o := sock.Options{RecvBuffer: f.RecvBuffer.asInt(), SendBuffer: f.SendBuffer.asInt(),
		KeepAliveEvery: time.Duration(f.Keepalive), Interface: f.Interface}
	if f.TOS != "" {
		tos, ok := job.TOS(f.TOS)
		if !ok {
			return o, fmt.Errorf("--tos %s is no type of service", f.TOS)
		}
		o.TOS = tos + 1
	}
	if f.TTL != nil {
		o.TTL = int(*f.TTL) + 1
	}
	if f.MinTTL != nil {
		o.MinTTL = int(*f.MinTTL) + 1
	}
	return o, nil
}

// execFlags run a command on the connection instead of the standard streams.
type execFlags struct {
	Exec   string `short:"e" xor:"exec" placeholder:"CMD" help:"Run a program on the connection: words, without a shell. The connection ends when the program does, whatever it leaves running."`
	ShExec string `short:"c" xor:"exec" placeholder:"CMD" help:"Run a shell command on the connection."`
}

// notifySocket is the socket on which a service manager hears of the service's state
// (sd_notify(3)), or "". The variable that says so is taken out of the environment: our commands
// are not the service.
func notifySocket(env *job.Env) string {
	path := env.Getenv("NOTIFY_SOCKET")
	os.Unsetenv("NOTIFY_SOCKET")
	return path
}

// readyFlags are the ways to learn that a listener accepts.
type readyFlags struct {
	PortFile string `placeholder:"FILE" help:"Write the port to FILE once the listener accepts."`
	ReadyFd  *int   `name:"ready-fd" placeholder:"N" help:"Write the port to descriptor N once the listener accepts, and close N."`
}

func (f *readyFlags) ready(env *job.Env) (job.Ready, error) {
	r := job.Ready{File: f.PortFile, FD: -1, Notify: notifySocket(env)}
	if r.File != "" {
		if at := outfile.Follow(r.File); at.FD >= 0 && !isWritable(at.FD) {
			r.FileErr = unix.EBADF
		}
	}
	if f.ReadyFd != nil {
		r.FD = *f.ReadyFd
		if !isWritable(r.FD) {
			return r, fmt.Errorf("--ready-fd %d is not an open descriptor that could be written to", r.FD)
		}
	}
	return r, nil
}

// isOpen reports whether a descriptor was inherited. It is called before the program opens any.
func isOpen(fd int) bool {
	_, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
	return err == nil
}

// isWritable reports whether a descriptor was inherited and can be written to.
func isWritable(fd int) bool {
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	return err == nil && flags&unix.O_ACCMODE != unix.O_RDONLY
}
