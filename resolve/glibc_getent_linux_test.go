package resolve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
		var failed *exec.ExitError
		if err != nil && !errors.As(err, &failed) {
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
