package cmd

import (
	"fmt"
	"strings"
)

// schemes are what may stand before an address, followed by a colon or, as in a URL, by :// as well.
var schemes = []string{"tcp", "udp", "unix", "vsock"}

// cutScheme cuts the scheme off the first word, "" if it has none; k is the kind of socket that flags ask for. The path of a
// Unix socket is all that follows: unix:///run/x.sock is /run/x.sock, and unix://x is x.
func cutScheme(words []string, k kind) (scheme string, rest []string, err error) {
	if len(words) == 0 {
		return "", words, nil
	}
	word := words[0]
	scheme, after, isURL := hasScheme(word)
	switch {
	case scheme == "":
		return "", words, nil
	case scheme == "tcp" && k != kindTCP && !isURL: // of another kind, that is a name like others
		return "", words, nil
	case scheme == "tcp" && k != kindTCP:
		return "", nil, fmt.Errorf("address %q is for TCP, and --udp, --unix and --vsock ask for something else", word)
	case scheme != "unix" && isURL:
		err = checkAuthority(word, scheme, after)
	}
	return scheme, append([]string{after}, words[1:]...), err
}

// hasScheme splits a word into a scheme of ours and what follows it. The one of a URL may be in capitals.
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

// checkAuthority refuses what a URL may have beside the host and the port: nothing would be done about it.
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
