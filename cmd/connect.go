package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"gnc/cmd/job"
	"gnc/netio"
	"gnc/netio/address"
)

// connectFlags is the grammar of gnc connect.
type connectFlags struct {
	Address []string `arg:"" optional:"" name:"address" help:"HOST PORT, HOST:PORT or [V6]:PORT, also after tcp: or udp:, or unix:PATH or vsock:CID:PORT (tcp:// and so on mean the same); with --scan also HOST PORT..., and ranges as LO-HI."`

	sessionFlags

	ConnectTimeout duration  `placeholder:"DUR" help:"Bound on connecting."`
	AttemptDelay   *duration `placeholder:"DUR" help:"Try the next address, too, after this long: 10ms to 2s (RFC 8305), 250ms by default."`
	Wait           duration  `placeholder:"DUR" help:"Keep trying for this long until the other side accepts."`
	Source         string    `short:"s" placeholder:"ADDR" help:"Connect from this address; with --unix, from a socket at this path."`
	SourcePort     uint16    `short:"p" placeholder:"PORT" help:"Connect from this port."`
	Scan           bool      `short:"z" help:"Only see whether the port accepts; move no bytes. Of several ports, one that accepts is enough."`
	Proxy          string    `placeholder:"URL" help:"Connect through a proxy: socks4, socks4a, socks5, socks5h or http://[USER:PASSWORD@]HOST[:PORT]. GNC_PROXY_AUTH may hold USER:PASSWORD."`
	PassFd         bool      `name:"pass-fd" short:"F" help:"Pass the connected descriptor over stdout, which is a socket, and end."`
	Random         bool      `short:"r" help:"Try several ports in random order."`
	dialogueFlags
}

func (f *connectFlags) job(env *job.Env) (job.Job, error) {
	common, err := f.sessionJob()
	if err != nil {
		return nil, err
	}
	kind, target, err := parseAddress(f.Address, common.Kind, false, f.target)
	if err != nil {
		return nil, err
	}
	common.Kind = kind
	if err := f.checkSession(&common); err != nil {
		return nil, err
	}
	j := &job.Connect{Session: common, Host: target.Host, Random: f.Random, PassFD: f.PassFd, Scan: f.Scan,
		Wait: time.Duration(f.Wait), Timeout: time.Duration(cmp.Or(f.ConnectTimeout, f.Timeout))}
	if j.Ports, err = f.ports(kind, target); err != nil {
		return nil, err
	}
	if err := f.from(j); err != nil {
		return nil, err
	}
	if j.Proxy, err = f.proxy(kind, env.Getenv("GNC_PROXY_AUTH")); err != nil {
		return nil, err
	}
	if err := f.checkDialogue(&common); err != nil {
		return nil, err
	}
	if j.AttemptDelay, err = f.attemptDelay(); err != nil {
		return nil, err
	}
	f.derive(j)
	return j, nil
}

// derive sets what follows from the rest of a job.
func (f *connectFlags) derive(j *job.Connect) {
	j.Send, j.Expect = (*string)(f.Send), f.Expect
	if j.Kind.IsPackets() && f.Linger == 0 { // a datagram has no end to wait for, but it may have an answer
		j.Options.Linger = job.PacketLinger
	}
	j.AtOnce = j.Scan && j.Kind == job.TCP && len(j.Ports) > 1 && j.Wait == 0 && j.Proxy == nil
	if j.Scan && j.Kind == job.UDP {
		j.Probe, j.NeedAnswer, j.ProbeWait = "\x00", true, j.Timeout
	}
}

// checkSession refuses what needs a session where there is none, or what has no meaning beside a
// script.
func (f *connectFlags) checkSession(s *job.Session) error {
	switch err := checkScript(s); {
	case err != nil:
		return err
	case !f.Scan && !f.PassFd:
	case s.Script != "" || s.Record != "":
		return errors.New("--script and --record need a session: they go neither with --scan nor with --pass-fd")
	case len(s.Exec) > 0 || len(s.Captures) > 0:
		return errors.New("--exec, --sh-exec, --output and --hex-dump need a session: they go neither with --scan nor with --pass-fd")
	}
	return nil
}

func (f *connectFlags) attemptDelay() (time.Duration, error) {
	if f.AttemptDelay == nil {
		return 0, nil
	}
	d := time.Duration(*f.AttemptDelay)
	if d < netio.MinAttemptDelay || d > netio.MaxAttemptDelay {
		return 0, fmt.Errorf("--attempt-delay %v is not within 10ms and 2s", d)
	}
	return d, nil
}

// target reads the address; with --scan the first port of several.
func (f *connectFlags) target(words []string) (address.Target, error) {
	switch {
	case f.Scan:
		return connectTarget(words[:min(len(words), 2)])
	case len(words) > 2 && !slices.ContainsFunc(words[1:], func(s string) bool { return !job.IsNumber(s) }):
		return address.Target{}, fmt.Errorf("%d ports are too many to connect to; -z (--scan) sees which of them accept", len(words)-1)
	}
	return portTarget(words)
}

// ports are all that are to be tried: one, or with --scan those of lists and ranges.
func (f *connectFlags) ports(k job.Kind, target address.Target) ([]string, error) {
	if list := slices.IndexFunc(f.Address, func(s string) bool { return isRange(s) && strings.Contains(s, ",") }); list > 0 && f.Scan {
		return nil, fmt.Errorf("ports are words of their own, or ranges; write %s", strings.ReplaceAll(f.Address[list], ",", " "))
	}
	if !f.Scan || k.ByName() || len(f.Address) < 3 && !strings.Contains(target.Port, "-") {
		return []string{target.Port}, nil
	}
	words := []string{target.Port}
	if len(f.Address) > 2 {
		words = f.Address[1:]
	}
	var all []string
	for _, word := range words {
		ports, err := job.ParsePorts(word)
		if err != nil {
			return nil, err
		}
		all = append(all, ports...)
	}
	return all, nil
}

// from sets what the job connects from: --source and --source-port.
func (f *connectFlags) from(j *job.Connect) error {
	switch {
	case f.Source == "" && f.SourcePort == 0:
		return nil
	case j.Kind == job.Vsock:
		return errors.New("--source and --source-port choose an end that vsock does not let us choose")
	case j.Kind.IsUnix() && f.SourcePort != 0:
		return errors.New("--source-port is for IP; a Unix socket connects from --source PATH")
	case j.Kind.IsUnix():
		j.SourcePath = f.Source
		return nil
	case f.Source == "":
		j.Source = job.SourceAt(netip.Addr{}, f.SourcePort)
		return nil
	}
	addr, err := netip.ParseAddr(f.Source)
	if err != nil {
		return fmt.Errorf("--source: %q is not an address; with --unix it is a path", f.Source)
	}
	j.Source = job.SourceAt(addr, f.SourcePort)
	return nil
}

// proxy reads the URL of --proxy. socks5h is the same as socks5: names are always the proxy's to
// look up.
func (f *connectFlags) proxy(k job.Kind, auth string) (*job.Proxy, error) {
	switch {
	case f.Proxy == "":
		return nil, nil
	case k != job.TCP:
		return nil, errors.New("--proxy is for TCP only")
	}
	u, err := url.Parse(f.Proxy)
	if err != nil || u.Host == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return nil, fmt.Errorf("--proxy is not SCHEME://[USER:PASSWORD@]HOST[:PORT]")
	}
	p := &job.Proxy{Kind: u.Scheme, Target: address.Target{Host: u.Hostname(), Port: u.Port()}}
	switch p.Kind {
	case "socks4", "socks4a", "socks5", "http":
	case "socks5h":
		p.Kind = "socks5"
	default:
		return nil, fmt.Errorf("--proxy knows no %q; write socks4, socks4a, socks5, socks5h or http", u.Scheme)
	}
	if p.Target.Port == "" {
		p.Target.Port = job.ProxyPort(p.Kind)
	}
	if err := checkPort(p.Target.Port, 1); err != nil {
		return nil, fmt.Errorf("--proxy: %w", err)
	}
	p.User = u.User.Username()
	p.Password, _ = u.User.Password()
	if p.User == "" && auth != "" {
		p.User, p.Password, _ = strings.Cut(auth, ":")
	}
	return p, nil
}

// dialogueFlags are what is said to the other side, and what it must answer.
type dialogueFlags struct {
	Send   *escaped       `empty:"nothing" placeholder:"TEXT" help:"Send TEXT instead of stdin. It may have the escapes \\n, \\r, \\t, \\0, \\\\ and \\xHH."`
	Expect *regexp.Regexp `empty:"anything" placeholder:"REGEX" help:"End with status 0 as soon as what was received matches (RE2 syntax), with 9 if no match comes."`
}

// checkDialogue refuses what has no meaning beside a dialogue.
func (f *connectFlags) checkDialogue(s *job.Session) error {
	switch {
	case f.Send == nil && f.Expect == nil:
		return nil
	case f.Scan || f.PassFd:
		return errors.New("--send and --expect need a session: they go neither with --scan nor with --pass-fd")
	case len(s.Exec) > 0:
		return errors.New("--send and --expect do what the command of --exec or --sh-exec would: give one or the other")
	case s.Script != "":
		return errors.New("--send and --expect are a script of two steps: give them or --script")
	case f.Send != nil && s.Options.RecvOnly:
		return errors.New("--recv-only sends nothing: it does not go with --send")
	case f.Expect != nil && s.Options.SendOnly:
		return errors.New("--send-only receives nothing that --expect could wait for")
	}
	return nil
}
