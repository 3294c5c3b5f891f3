package cmd

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gnc/cmd/job"
	"gnc/netio"
	"gnc/netio/address"
	"gnc/netio/sock"
)

// schemes are what may stand before an address, followed by a colon or, as in a URL, by :// as
// well.
var schemes = []string{"tcp", "udp", "unix", "vsock"}

// cutScheme cuts the scheme off the first word, "" if it has none; k is the kind of socket that
// flags ask for. The path of a Unix socket is all that follows: unix:///run/x.sock is /run/x.sock,
// and unix://x is x.
func cutScheme(words []string, k job.Kind) (scheme string, rest []string, err error) {
	if len(words) == 0 {
		return "", words, nil
	}
	word := words[0]
	scheme, after, isURL := hasScheme(word)
	switch {
	case scheme == "":
		return "", words, nil
	case scheme == "tcp" && k != job.TCP && !isURL: // of another kind, that is a name like others
		return "", words, nil
	case scheme == "tcp" && k != job.TCP:
		return "", nil, fmt.Errorf("address %q is for TCP, and --udp, --unix and --vsock ask for something else", word)
	case scheme != "unix" && isURL:
		err = checkAuthority(word, scheme, after)
	}
	return scheme, append([]string{after}, words[1:]...), err
}

// hasScheme splits a word into a scheme of ours and what follows it. The one of a URL may be in
// capitals.
func hasScheme(word string) (scheme, after string, isURL bool) {
	for _, s := range schemes {
		if n := len(s + "://"); len(word) >= n && strings.EqualFold(word[:n], s+"://") {
			return s, word[n:], true
		}
		if after, ok := strings.CutPrefix(word, s+":"); ok {
			return s, after, false
		}
	}
	return "", word, false
}

// checkAuthority refuses what a URL may have beside the host and the port: nothing would be done
// about it.
func checkAuthority(word, scheme, after string) error {
	end := strings.IndexAny(after, "/?#")
	if end < 0 {
		end = len(after)
	}
	user := strings.LastIndexByte(after[:end], '@')
	bare := scheme + "://" + after[user+1:end]
	switch {
	case user >= 0:
		return fmt.Errorf("address %q has a user, which nobody is told; write %s", word, bare)
	case after[end:] == "/":
		return fmt.Errorf("address %q has a slash after the port; write %s", word, bare)
	case end < len(after):
		return fmt.Errorf("address %q has a path after the port, which nobody is asked for; write %s", word, bare)
	}
	return nil
}

// vsockKind is the kind with --vsock, which goes with no other.
func vsockKind(vsock bool, k job.Kind) (job.Kind, error) {
	switch {
	case !vsock:
		return k, nil
	case k != job.TCP:
		return k, fmt.Errorf("--vsock goes with neither --udp nor --unix")
	}
	return job.Vsock, nil
}

// parseAddress reads an address in any of its forms; k is what -u, -U and --vsock say, and pair
// reads the words of the plain form. A Unix socket's path is the target's host.
func parseAddress(words []string, k job.Kind, listener bool, pair func([]string) (address.Target, error)) (job.Kind, address.Target, error) {
	scheme, words, err := cutScheme(words, k)
	if err != nil {
		return k, address.Target{}, err
	}
	switch scheme {
	case "udp":
		k = job.UDP
	case "unix":
		k = job.KindOf(k.IsPackets(), true)
	case "vsock":
		k = job.Vsock
	}
	var t address.Target
	switch {
	case k == job.Vsock:
		t, err = parseVsock(words, listener)
	case !k.IsUnix():
		t, err = pair(words)
	case len(words) != 1:
		err = fmt.Errorf("%d words do not make one path", len(words))
	default:
		t, err = address.Target{Host: words[0]}, nonEmpty(words[0])
	}
	return k, t, err
}

func nonEmpty(path string) error {
	if path == "" {
		return fmt.Errorf("the path of the Unix socket is empty")
	}
	return nil
}

// parseVsock reads the words of a vsock address, CID PORT or CID:PORT, and of a listener's also
// PORT. The target holds the two as they were given.
func parseVsock(words []string, listener bool) (address.Target, error) {
	var t address.Target
	if !netio.HasVsock {
		return t, errors.New("vsock is for Linux only")
	}
	if len(words) == 1 {
		words = strings.Split(words[0], ":")
	}
	switch {
	case len(words) == 1 && listener:
		t = address.Target{Host: "any", Port: words[0]}
	case len(words) == 2:
		t = address.Target{Host: words[0], Port: words[1]}
	default:
		return t, fmt.Errorf("%q is no vsock address; write CID PORT", strings.Join(words, ":"))
	}
	_, err := sock.ParseVsock(t.Host, t.Port, listener)
	return t, err
}

// portTarget reads HOST PORT in either form, where only one port will do.
func portTarget(words []string) (address.Target, error) {
	t, err := connectTarget(words)
	if err == nil && isRange(t.Port) {
		err = fmt.Errorf("%s is more than one port; gnc connect -z sees which of them accept", t.Port)
	}
	return t, err
}

// connectTarget reads HOST PORT in either form. The port may be a range, for a scan.
func connectTarget(words []string) (t address.Target, err error) {
	switch len(words) {
	case 0:
		return t, errors.New("no address; write HOST PORT")
	case 1:
		if job.IsPath(words[0]) {
			return t, pathError(words[0])
		}
		if t, err = address.Parse(words[0]); err == nil && t.Host == "" {
			t.Host = "localhost"
		}
	case 2:
		if job.IsPath(words[0]) {
			return t, pathError(words[0])
		}
		if t = address.Pair(words[0], words[1]); t.Host == "" {
			err = errors.New("the host is empty")
		}
	default:
		err = fmt.Errorf("%d words do not make one address; write HOST PORT", len(words))
	}
	if err == nil {
		err = checkPort(t.Port, 1)
	}
	return t, err
}

func listenTarget(words []string) (t address.Target, err error) {
	switch {
	case len(words) == 0:
		return t, errors.New("no address; write [HOST] PORT")
	case job.IsPath(words[0]):
		return t, pathError(words[0])
	case len(words) == 1 && isWord(words[0]):
		t.Port, err = words[0], isPort(words[0])
	case len(words) == 1:
		t, err = address.Parse(words[0])
	case len(words) == 2 && words[0] == "": // a script's variable that was never set is not everybody
		err = errors.New("the host is empty; leave it out to listen on all addresses")
	case len(words) == 2:
		t = address.Pair(words[0], words[1])
	default:
		err = fmt.Errorf("%d words do not make one address; write [HOST] PORT", len(words))
	}
	if err == nil {
		err = checkPort(t.Port, 0)
	}
	if err == nil && isRange(t.Port) {
		err = fmt.Errorf("%s is more than one port, and a listener has one", t.Port)
	}
	return t, err
}

// isPort is the error of a word alone that is no port: people write a host, and forget the port.
func isPort(word string) error {
	if word == "" || job.IsNumber(word) || isRange(word) {
		return nil
	}
	if _, err := job.ParsePort(word); err != nil {
		return fmt.Errorf("the port is missing: %q is neither a number nor a service; write %s PORT", word, job.CommandLine([]string{word}))
	}
	return nil
}

// isWord reports whether an argument is a port alone: no address has neither colon nor bracket.
func isWord(s string) bool { return !strings.ContainsAny(s, ":[") }

// pathError is the error of a path where HOST and PORT were to be.
func pathError(word string) error {
	return fmt.Errorf("%q is a path; for a Unix socket write unix:%s", word, word)
}

// isRange reports whether a port is a range of ports, or a list of them.
func isRange(port string) bool {
	parts := strings.FieldsFunc(port, func(r rune) bool { return r == '-' || r == ',' })
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(s string) bool {
		_, err := strconv.ParseUint(s, 10, 64)
		return err != nil
	})
}
