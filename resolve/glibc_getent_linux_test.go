package resolve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os/exec"
	"strings"
)

// getentCalls are the arguments of getent, with what it and Getent print.
func (s situation) getentCalls(out *json.Encoder) error {
	for _, call := range s.getent {
		words := strings.Fields(call)
		cmd := exec.Command("getent", words...)
		cmd.Env = []string{"LC_ALL=C.UTF-8"}
		text, err := cmd.Output()
		if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
			return err
		}
		theirs := fmt.Sprintf("%q, exit %d", text, cmd.ProcessState.ExitCode())
		ourText, exit := (&Resolver{}).Getent(context.Background(), words[0], words[1:])
		ours := fmt.Sprintf("%q, exit %d", ourText, exit)
		if theirs != ours {
			if err := out.Encode(report{Situation: s.name, Question: "getent " + call, Glibc: theirs,
				Gnc: ours}); err != nil {
				return err
			}
		}
	}
	return out.Encode(report{Cases: len(s.getent)})
}

// getentSteps compare Getent with getent(1).
func getentSteps() []situation {
	files := dnsFiles("nameserver 127.0.0.1\n")
	files["hosts"] = oddHosts + "\n::1:2 compat\n::1.2.3.4 compat\n::2 compat\n"
	files["services"] = someServices
	return []situation{{
		name: "getent", files: files, zone: commonZone,
		getent: []string{
			"ahosts both", "ahosts one nosuch six", "ahostsv4 both", "ahostsv6 both", "ahosts fe80::1%lo",
			"ahosts fe80::1%4294967295", "ahosts 127.1", "ahosts", "ahostsv4", "ahosts both.test",
			"ahostsv6 v4.test",
			"ahosts cname.test nodata.test", "ahosts nosuch", "ahosts compat", "ahostsv6 127.0.0.1",
			"ahosts ::ffff:1.2.3.4", "ahosts 2001:db8:1234:5678:9abc:def0:1234:5678",
			"ahosts xn--mller-kva.test", "ahosts *", "ahosts ::", "ahosts ::1:2:3",
			"services http", "services 80", "services 53/udp", "services http/udp http/sctp", "services",
			"services http/", "services domain alias 65537", "services 1 2", "services amqp 5672/sctp",
			"services 0", "services big hex octal zero noproto",
		},
	}}
}

// Getent gives what getent(1) prints for keys of the databases ahosts, ahostsv4,
// ahostsv6 and services, and its exit status: 0, 1 for a database that is not
// one of these, 2 if some key was not found. No keys at all list /etc/hosts or
// /etc/services.
func (r *Resolver) Getent(ctx context.Context, database string, keys []string) (out string,
	exit int) {
	var b strings.Builder
	if database == "services" {
		exit = r.getentServices(&b, keys)
		return b.String(), exit
	}
	h, ok := GetentHints(database)
	if !ok {
		return "", 1
	}
	if len(keys) == 0 {
		r.getentHosts(&b)
	}
	for _, key := range keys {
		list, err := r.Getaddrinfo(ctx, &key, nil, h)
		if err != nil {
			exit = 2
		}
		for _, ai := range list {
			b.WriteString(GetentLine(ai))
		}
	}
	return b.String(), exit
}

// getentHosts lists /etc/hosts, which getent reads as IPv4 addresses.
func (r *Resolver) getentHosts(b *strings.Builder) {
	line := func(h hostLine) bool {
		if a, ok := h.as(INET); ok {
			fmt.Fprintf(b, "%-15s %s\n", a, strings.Join(append([]string{h.name}, fields(h.others)...), " "))
		}
		return true
	}
	r.read(hostsPath, func(in io.Reader) error { return eachHost(in, nil, line) })
}

// getentServices looks services up by name or port, each with "/protocol" or
// without.
func (r *Resolver) getentServices(b *strings.Builder, keys []string) (exit int) {
	line := func(e Service) bool {
		fmt.Fprintf(b, "%-21s %d/%s", e.Name, e.Port, e.Protocol)
		for _, alias := range e.Aliases {
			fmt.Fprintf(b, " %s", alias)
		}
		b.WriteByte('\n')
		return true
	}
	if len(keys) == 0 {
		r.eachService(nil, line)
	}
	known := services{r: r}
	for _, key := range keys {
		name, protocol, given := strings.Cut(key, "/")
		port, rest, overflow := strtoul(name, 10)
		byPort := name != "" && isDigit(name[0]) && rest == "" && !overflow && port <= math.MaxUint16
		e, ok := known.find(nil, func(e Service) bool {
			if given && e.Protocol != protocol {
				return false
			}
			return byPort && e.Port == int(port) || !byPort && e.called(name)
		})
		if !ok {
			exit = 2
			continue
		}
		line(e)
	}
	return exit
}
