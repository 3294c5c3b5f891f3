// Package nc is nc's own language, turned into the jobs of gnc's commands.
//
// Parse reads a command line: getopt.go reads the words, letters.go has the meaning of the letters,
// nc.go makes the job. openbsd.go and traditional.go are the two dialects: their messages, and what
// is theirs alone. Begin with Parse.
package nc

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"

	"gnc/cmd/job"
	"gnc/netio"
	"gnc/netio/address"
	"gnc/netio/sock"
)

// Called reports whether the program was called by one of nc's names.
func Called(args []string) (name string, ok bool) {
	if len(args) == 0 {
		return "", false
	}
	switch name = filepath.Base(args[0]); name {
	case "nc", "netcat", "nc.openbsd", "nc.traditional":
		return name, true
	}
	return "", false
}

// Parse reads nc's language. Its errors are *Complaint.
func Parse(env *job.Env, name string, args []string) (job.Job, error) {
	f := &flags{name: name, version: env.Version, ttl: -1, minTTL: -1, tos: -1, md5Key: env.Getenv("GNC_TCP_MD5SIG"), traditional: Traditional(env, name)}
	letters := letters()
	operands, err := getopt(args,
		func(letter byte) (value, known bool) {
			row := row(letters, letter)
			return row != nil && row.value, row != nil
		},
		func(letter byte, value string) error {
			if row := row(letters, letter); row.set != nil {
				return row.set(f, value)
			}
			return nil
		})
	var j job.Job
	if err == nil {
		j, err = f.job(operands, env.Getenv("GNC_PROXY_AUTH"))
	}
	if err != nil {
		return nil, f.complaint(err)
	}
	return j, nil
}

// Traditional reports whether nc.traditional's meaning counts where the dialects clash.
func Traditional(env *job.Env, name string) bool {
	return name == "nc.traditional" || env.Getenv("GNC_NC") == "traditional"
}

// errUsage is a command line whose shape is wrong.
var errUsage = errors.New("usage")

// complaint words an error of the command line.
func (f *flags) complaint(err error) *job.Complaint {
	var option *optionError
	var complete *job.Complaint
	switch {
	case errors.As(err, &complete):
		return complete
	case err == errHelp:
		return &job.Complaint{Text: Help(f.version, f.traditional), Status: 0}
	case err == errUsage && f.traditional:
		return &job.Complaint{Text: "Cmd line: wrong\n", Status: 1}
	case err == errUsage:
		return &job.Complaint{Text: usage, Status: 1}
	case errors.As(err, &option):
		text := fmt.Sprintf("%s: %v\n", f.name, err)
		if hint := foreignLetters[option.letter]; hint != "" && !option.missing {
			text += fmt.Sprintf("%s: %s\n", f.name, hint)
		}
		if f.traditional {
			return &job.Complaint{Text: text + "nc -h for help\n", Status: 1}
		}
		return &job.Complaint{Text: text + usage, Status: 1}
	case f.traditional:
		return &job.Complaint{Text: err.Error() + "\n", Status: 1}
	}
	return &job.Complaint{Text: fmt.Sprintf("%s: %v\n", f.name, err), Status: 1}
}

// job makes the job, or says which of nc's rules forbids it.
func (f *flags) job(operands []string, auth string) (job.Job, error) {
	if err := f.checkOperands(operands); err != nil {
		return nil, err
	}
	if err := f.checkLetters(); err != nil {
		return nil, err
	}
	if f.listen {
		return f.listenJob(operands)
	}
	return f.connectJob(operands, auth)
}

// checkOperands refuses operands that are too many or too few, in nc's words.
func (f *flags) checkOperands(operands []string) error {
	switch {
	case f.unix && len(operands) > 1:
		return errors.New("cannot use port with -U")
	case f.unix && f.listen && len(operands) == 0 && f.sourcePort != "":
		return errors.New("cannot use port with -U")
	case f.unix && f.listen && len(operands) == 0 && f.source == "":
		return errors.New("missing socket pathname")
	case !f.listen && len(operands) == 0:
		return errUsage
	case f.unix, f.listen, len(operands) > 1:
		return nil
	case f.shellProgram != "" && !f.traditional:
		return errors.New("missing port number (-c takes a shell command, as traditional's does; OpenBSD's is TLS: " + NoTLS + ")")
	case job.IsPath(operands[0]) && !f.traditional:
		return errors.New("missing port number (for a Unix socket write -U " + job.CommandLine(operands) + ")")
	case f.traditional:
		return errors.New("no port[s] to connect to")
	}
	return errors.New("missing port number")
}

// checkLetters refuses letters that exclude each other, in nc's words.
func (f *flags) checkLetters() error {
	switch {
	case f.listen && f.scan && f.traditional: // it listens all the same
		return nil
	case f.listen && f.scan:
		return errors.New("cannot use -z and -l")
	case f.keep && !f.listen && !f.traditional:
		return errors.New("must use -l with -k")
	case f.unix && !f.listen && (f.sourcePort != "" || f.source != "" && !f.udp):
		return errUsage
	case f.passFD && f.unix:
		return errors.New("cannot use -F and -U")
	case f.proxy != "" && f.udp:
		return errors.New("no proxy support for UDP mode")
	case f.proxy != "" && f.listen:
		return errors.New("no proxy support for listen")
	case f.proxy != "" && f.unix:
		return errors.New("no proxy support for unix sockets")
	case f.proxy != "" && f.source != "":
		return errors.New("no proxy support for local source address")
	case f.program != "" && f.shellProgram != "":
		return errors.New("cannot use -e and -c")
	case f.dccp && f.unix:
		return errors.New("cannot use -Z and -U")
	case f.dccp && f.proxy != "" && !f.udp:
		return errors.New("no proxy support for DCCP mode")
	}
	return nil
}

// session is what both ends have in common.
func (f *flags) session() job.Session {
	o := netio.SessionOptions{NoShutdown: !f.shutdown && !f.quit, RecvOnly: f.noStdin, Quit: f.quit && !f.noStdin,
		QuitAfter: f.quitAfter, RecvLimit: f.recvLimit, Idle: f.timeout}
	o.ReaderMayGo, o.SendAtHand, o.Unfinished = true, true, netio.UnfinishedAtHand
	o.QuitQuiet = o.Quit && o.QuitAfter == 0 && !f.udp && !f.traditional // whose -q 0 waits for no reply
	w := job.Words{Verbose: f.verbose, Messages: &openbsdMessages{name: f.name}}
	if f.traditional { // whose -w concerns what comes after the end of stdin, which -q passes on
		o.NoShutdown, o.Until, o.Idle, o.Linger = !f.quit, netio.UntilReceived, 0, f.timeout
		w.Messages = &traditionalMessages{}
	}
	command := job.CommandWords(f.program, f.shellProgram)
	if len(command) > 0 { // which ends the session itself, however long it takes after the peer's end
		o.NoShutdown, o.RecvOnly, o.Until, o.Linger = false, false, netio.UntilBoth, 0
	}
	o.CRLF, o.Telnet, o.LinePause = f.crlf, f.telnet, f.interval
	socket := sock.Options{TOS: f.tos + 1, TTL: f.ttl + 1, MinTTL: f.minTTL + 1, RecvBuffer: f.recvBuf,
		SendBuffer: f.sendBuf, Broadcast: f.broadcast, Debug: f.debug, KeepAlive: f.keep && (f.traditional || !f.listen),
		DCCP: f.dccp && !f.udp, Hops: f.hops, HopPointer: f.hopPointer}
	if f.md5 {
		socket.MD5Key = f.md5Key
	}
	var captures []netio.CaptureOptions
	if f.hexDump != "" {
		captures = []netio.CaptureOptions{{Name: f.hexDump, Hex: true}}
	}
	return job.Session{Network: job.Family(f.ipv4, f.ipv6), Kind: job.KindOf(f.udp, f.unix), Numeric: f.numeric, Mux: "auto",
		Exec: command, Shell: f.shellProgram != "", Socket: socket, AskMD5Key: f.md5 && f.md5Key == "", Options: o,
		Captures: captures, Progress: "never", Words: w}
}

func (f *flags) connectJob(operands []string, auth string) (job.Job, error) {
	j := &job.Connect{Session: f.session(), Timeout: f.timeout, Scan: f.scan, Proxy: f.ncProxy(auth)}
	if f.traditional && !f.ipv6 {
		j.Network = "ip4"
	}
	j.Host = operands[0]
	if f.unix {
		j.Ports, j.SourcePath = []string{""}, f.source
		return j, nil
	}
	f.probe(j)
	for _, word := range operands[1:] {
		ports, err := job.ParsePorts(word)
		if err != nil {
			return nil, err
		}
		j.Ports = append(j.Ports, ports...)
	}
	j.Random, j.PassFD = f.random, f.passFD
	return j, f.from(j)
}

// probe has UDP find out first whether the other end receives: where -v asks for the answer.
func (f *flags) probe(j *job.Connect) {
	if !f.udp || f.verbose == 0 {
		return
	}
	j.Probe, j.ProbeWait = "X", f.timeout
	if f.traditional {
		j.Probe, j.ProbeWait = "\x00", traditionalProbe
	}
}

// from sets the connection's source: -s and -p.
func (f *flags) from(j *job.Connect) error {
	if f.sourcePort != "" {
		port, err := ownPort(f.sourcePort)
		if err != nil {
			return err
		}
		j.Source.Port = uint16(port)
	}
	addr, err := netip.ParseAddr(f.source)
	switch {
	case f.source == "":
	case err != nil:
		j.SourceHost = f.source
	default:
		j.Source = job.SourceAt(addr.Unmap(), j.Source.Port)
	}
	return nil
}

// listenJob knows nc's shapes: -l PORT, -l HOST PORT, -l -p PORT, -l -s ADDR -p PORT, and
// traditional's -l -p PORT PEER [PEERPORT].
func (f *flags) listenJob(operands []string) (*job.Listen, error) {
	j := &job.Listen{Session: f.session(), FirstAddress: true, MappedIPv4: true, LeavePath: true, Ready: job.Ready{FD: -1}}
	j.Target = address.Target{Host: f.source, Port: f.sourcePort}
	if f.traditional && !f.unix {
		return j, f.traditionalListen(j, operands)
	}
	if len(j.Exec) == 0 {
		j.Options.Until = netio.UntilReceived
	}
	j.KeepOpen, j.OneByOne, j.Options.KeepOutput = f.keep, f.keep, f.keep
	if f.unix {
		return j, f.unixListen(j, operands)
	}
	switch {
	case len(operands) == 0 && f.sourcePort != "":
	case len(operands) == 0:
		return nil, errors.New("missing port number")
	case len(operands) == 1 && f.sourcePort == "":
		j.Target.Port = operands[0]
	case len(operands) == 2 && f.sourcePort == "" && f.source == "":
		j.Target = address.Target{Host: operands[0], Port: operands[1]}
	default:
		return nil, errUsage
	}
	return j, listenPort(j)
}

// unixListen knows the shapes of a Unix socket: -l -U PATH and -l -U -s PATH.
func (f *flags) unixListen(j *job.Listen, operands []string) error {
	switch {
	case len(operands) == 1 && (f.source != "" || f.sourcePort != ""):
		return errUsage
	case len(operands) == 1:
		j.Target = address.Target{Host: operands[0]}
	default:
		j.Target = address.Target{Host: f.source}
	}
	return nil
}

// listenPort settles the port, and the family where no address says it: IPv4, unless IPv6 was asked
// for.
func listenPort(j *job.Listen) error {
	if j.Target.Host == "" && j.Network == "ip" {
		j.Network = "ip4"
	}
	port, err := ownPort(j.Target.Port)
	if err != nil {
		return err
	}
	j.Target.Port = strconv.Itoa(port)
	return nil
}

// ownPort is a port of ours as getaddrinfo(3) reads it: nothing is any, and a number that is too
// large wraps.
func ownPort(word string) (int, error) {
	number := strings.TrimLeft(word, " \t\n\v\f\r")
	n, err := strconv.ParseUint(strings.TrimPrefix(number, "+"), 10, 64)
	switch {
	case word == "", err == nil, errors.Is(err, strconv.ErrRange):
		return int(uint16(n)), nil
	case !job.IsNumber(word):
		if port, err := job.ParsePort(word); err == nil {
			return port, nil
		}
	}
	return 0, errors.New("getaddrinfo: Servname not supported for ai_socktype")
}
