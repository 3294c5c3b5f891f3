package resolve

import "strings"

// gethostbyname2 is the way of that call through the sources, which getaddrinfo takes for IPv4
// without a canonical name. It has rules of its own: a name of digits and dots is never looked up,
// a module that is not installed is passed over, and the error depends on errno.
func (l *lookupState) gethostbyname2(name string, modules []nssModule, ok bool) (hostEntry, int) {
	if code, known := digitsAndDots(name); known {
		return hostEntry{}, code
	}
	verdict, anyone := statusUnavail, false
	var f hostEntry
	if ok {
		verdict, anyone, f = l.oldWalk(name, modules)
	}
	if l.outOfMemory {
		return hostEntry{}, EAIMemory
	}
	if !anyone {
		return hostEntry{}, l.oldNobody(ok)
	}
	if verdict == statusSuccess {
		if len(f.tuples) == 0 {
			return hostEntry{}, EAINoName
		}
		if l.files.hostConf().reorder {
			l.r.ownSubnetFirst(f.tuples)
		}
		return f, 0
	}
	return hostEntry{}, l.oldError(verdict)
}

// oldNobody is the error if no source could be asked.
func (l *lookupState) oldNobody(ok bool) int {
	switch {
	case !ok:
		return EAISystem
	case l.filesMissing():
		return EAINoData
	}
	return EAINoName
}

// filesMissing reports whether errno was set before any source was asked: glibc opens host.conf and
// resolv.conf first, and a failure of that stays in errno.
func (l *lookupState) filesMissing() bool {
	path, ok := l.r.getenv("RESOLV_HOST_CONF")
	if !ok {
		path = "/etc/host.conf"
	}
	for _, p := range []string{path, "/etc/resolv.conf"} {
		if !l.r.readable(p) {
			return true
		}
	}
	return false
}

// oldError is the error after a walk that found nothing.
func (l *lookupState) oldError(verdict status) int {
	failed := l.errnoSet || verdict != statusNotFound && l.filesMissing()
	switch verdict {
	case statusNotFound:
		failed = false
	case statusTryAgain:
		failed = failed || l.host != hostInternal
	}
	switch {
	case !failed && l.host == hostNoData:
		return EAINoData
	case !failed:
		return EAINoName
	case l.host == hostInternal:
		return EAISystem
	case l.host == hostTryAgain:
		return EAIAgain
	}
	return EAINoData
}

// oldWalk asks the sources in turn. anyone reports whether there was a source to ask.
func (l *lookupState) oldWalk(name string, modules []nssModule) (verdict status, anyone bool,
	f hostEntry) {
	verdict = statusUnavail
	pending := false // an answer is waiting to be merged with the next one
	for _, m := range modules {
		source := l.source(m.name)
		if source == nil {
			l.r.trace(Step{Source: m.name, Outcome: statusUnavail.String()})
			if m.actions[statusUnavail] != actionContinue {
				break
			}
			continue
		}
		anyone = true
		var res sourceResult
		verdict, res = source.one(name, INET, true)
		if verdict == statusSuccess {
			f = hostEntry{}
			f.add(res, INET, INET)
		}
		if pending && verdict == statusSuccess {
			verdict, pending = statusUnavail, false
			l.errnoSet = true
		} else if pending {
			// Nothing new: the answer that waits is the answer.
			verdict = statusSuccess
		} else if verdict == statusSuccess && m.actions[verdict] == actionMerge {
			// Hosts can't be merged. The walk goes on with an error.
			verdict, pending = statusUnavail, true
			l.errnoSet = true
		}
		l.r.trace(Step{Source: m.name, Outcome: verdict.String()})
		if m.actions[verdict] == actionReturn || l.over() {
			break
		}
	}
	return verdict, anyone, f
}

// digitsAndDots reports whether gethostbyname2 takes a name for an address: digits and dots only,
// or hexadecimal digits with a colon. Such a name is no address, or the numeric forms would have
// matched before, and so it is unknown. A name that ends with a dot is looked up.
func digitsAndDots(name string) (code int, known bool) {
	if name == "" || name[len(name)-1] == '.' {
		return 0, false
	}
	if isDigit(name[0]) && strings.Trim(name, "0123456789.") == "" {
		return EAINoName, true
	}
	if name[0] == ':' || digitValue(name[0]) < 16 && strings.Contains(name, ":") {
		return EAINoName, true
	}
	return 0, false
}
