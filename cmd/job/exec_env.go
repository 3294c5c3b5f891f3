package job

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// addressVariables hold the addresses of a session: ours, ncat's and socat's. gnc may run inside
// another session, whose addresses are not those of the command's connection.
var addressVariables = []string{
	"GNC_REMOTE_ADDR", "GNC_REMOTE_PORT", "GNC_LOCAL_ADDR", "GNC_LOCAL_PORT",
	"NCAT_REMOTE_ADDR", "NCAT_REMOTE_PORT", "NCAT_LOCAL_ADDR", "NCAT_LOCAL_PORT", "NCAT_PROTO",
	"SOCAT_PEERADDR", "SOCAT_PEERPORT", "SOCAT_SOCKADDR", "SOCAT_SOCKPORT",
}

// secretVariables are for gnc alone. A command serves a peer, which may have it show its
// environment.
var secretVariables = []string{"GNC_PROXY_AUTH", "GNC_TCP_MD5SIG"}

// commandEnv is the environment of a command on a connection: gnc's own without secrets and
// without the addresses of another session, and the connection's addresses. One that is not valid
// is left out.
func commandEnv(inherited []string, remote, local netip.AddrPort, protocol string) []string {
	env := slices.DeleteFunc(slices.Clone(inherited), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains(addressVariables, name) || slices.Contains(secretVariables, name)
	})
	for _, side := range []struct {
		name string
		addr netip.AddrPort
	}{{"REMOTE", remote}, {"LOCAL", local}} {
		if !side.addr.IsValid() {
			continue
		}
		for _, prefix := range []string{"GNC_", "NCAT_"} {
			env = append(env, prefix+side.name+"_ADDR="+side.addr.Addr().String(),
				prefix+side.name+"_PORT="+strconv.Itoa(int(side.addr.Port())))
		}
	}
	return append(env, "NCAT_PROTO="+strings.ToUpper(protocol))
}
